/** A command that was taken ends once, whoever dies; its CALL reaches the charger once; what a backend is told is what happened. */
import type { CreateInvariant, Invariant } from '../invariant.ts';

interface Command {
  readonly charger: string;
  outcome: string | undefined;
  calls: number;
}

/** Watches records, frames, and what backends are told. */
export const commandsEndOnce: CreateInvariant = (report): Invariant => {
  const commands = new Map<string, Command>();
  const told = new Map<string, { readonly charger: string; readonly outcome: string }>();
  return {
    name: 'commands-end-once',
    sentence:
      'Each command that was taken ends with one outcome, which is what backends are told; its CALL arrives once.',
    recorded({ charger, record }): void {
      for (const { kind, data } of record.events) {
        const id = String(data['commandId']);
        const command = commands.get(id);
        if (kind === 'command.queued') {
          if (command !== undefined) report(charger, `command ${id} was taken twice`);
          commands.set(id, { charger, outcome: undefined, calls: 0 });
        } else if (kind === 'command.finished') {
          if (command === undefined) report(charger, `command ${id} has ended and was never taken`);
          else if (command.outcome !== undefined) {
            report(charger, `command ${id} has ended as ${command.outcome} and again as ${String(data['outcome'])}`);
          } else command.outcome = String(data['outcome']);
        }
      }
    },
    frame({ charger }, way, { type, messageId }): void {
      if (way !== 'down' || type !== 'call') return;
      const command = commands.get(messageId);
      if (command === undefined) report(charger, `CALL ${messageId} belongs to no command that was taken`);
      else {
        command.calls += 1;
        if (command.calls > 1) report(charger, `CALL of command ${messageId} arrived ${command.calls} times`);
      }
    },
    told({ charger, commandId, outcome }): void {
      if (outcome === undefined) return;
      const before = told.get(commandId);
      if (before !== undefined && before.outcome !== outcome) {
        report(charger, `command ${commandId} was told as ${before.outcome} and as ${outcome}`);
      }
      told.set(commandId, { charger, outcome });
    },
    ended(): void {
      for (const [id, { charger, outcome }] of commands) {
        if (outcome === undefined) report(charger, `command ${id} was taken and never ended`);
      }
      for (const [id, { charger, outcome }] of told) {
        const happened = commands.get(id)?.outcome;
        if (happened !== outcome) {
          report(charger, `command ${id} was told as ${outcome}, the journal says ${happened ?? 'nothing'}`);
        }
      }
    },
  };
};
