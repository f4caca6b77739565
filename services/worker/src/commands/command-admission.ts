/** Whether a command is taken, and what it is then. Decided before anything is kept of it. Pure. */
import type { CommandTrace, QueuedCommand, SentCommand } from '@voltlane/charger-state';
import type { CommandEnding, CommandProblem, CommandStatus } from '@voltlane/commands';
import { problem } from '@voltlane/commands';
import { isCsmsAction, type OcppVersion, parseJson, type Violation, validate } from '@voltlane/ocpp';
import type { CommandSubmit, UplinkAnswer } from '@voltlane/wire';
import type { ChargerActor } from '../charger-actor.ts';
import { asksFor, standingOf } from '../domain/registration.ts';
import { lengthWith } from './command-queue.ts';
import { notAllowed, requestedMessageOf, saysYes } from './command-rules.ts';

/** Why the command is not taken; undefined when it is. */
export function refusalOf(
  actor: Pick<ChargerActor, 'state' | 'policy'>,
  ask: CommandSubmit,
  queueMax: number,
): CommandProblem | undefined {
  const { state, policy } = actor;
  const { action } = ask;
  const name = `${ask.tenant}/${ask.chargerId}`;
  if (!policy.registered && state.newestSession === '') {
    return problem('charger-not-found', `${name} is not registered and never connected`);
  }
  const versions = versionsOf(actor);
  const speaking = versions.filter((version) => isCsmsAction(version, action));
  if (speaking.length === 0) {
    return problem('unknown-action', `${action} is no action of the central system in OCPP ${versions.join(', ')}`);
  }
  const faults = speaking.map((version) => payloadFault(version, action, ask.payload));
  const fault = faults.includes(undefined) ? undefined : faults.at(-1);
  if (fault !== undefined) {
    const detail = `payload of ${action} (OCPP ${speaking.at(-1)}): ${fault.description}`;
    return problem('invalid-payload', detail, `/payload${fault.path}`);
  }
  // A command that may wait is held until the charger is there and may be told.
  if (ask.ttlMs === 0 && state.session !== undefined) {
    const reason = notAllowed({ action, triggers: triggersOf(ask) }, standingOf(state, policy));
    if (reason !== undefined) return problem('not-allowed-now', reason);
  }
  if (lengthWith(state.commands, ask.coalesceKey) > queueMax) {
    return problem('queue-full', `${queueMax} commands wait for ${name}, which is the limit of a charger`);
  }
  return undefined;
}

/** The command as it goes into the queue. */
export function commandOf(ask: CommandSubmit, nowMs: number, trace?: CommandTrace): QueuedCommand {
  return {
    id: ask.commandId,
    action: ask.action,
    priority: ask.priority,
    coalesceKey: ask.coalesceKey,
    requestedAtMs: ask.requestedAtMs,
    // Without a time to live it waits for its turn no longer than for its answer.
    expiresAtMs: nowMs + (ask.ttlMs > 0 ? ask.ttlMs : ask.timeoutMs),
    waitsOffline: ask.ttlMs > 0,
    timeoutMs: ask.timeoutMs,
    triggers: triggersOf(ask),
    sends: 0,
    ...(trace === undefined ? undefined : { trace }),
  };
}

/** What is wrong with a payload, by the schema of the version. */
export function payloadFault(version: OcppVersion, action: string, payload: string): Violation | undefined {
  if (!isCsmsAction(version, action)) {
    return { code: 'NotSupported', description: `OCPP ${version} has no ${action} of the central system`, path: '' };
  }
  return validate(version, action, 'request', parseJson(payload), 'strict');
}

/** How a command ended by the word of the edge. */
export function endingOf(outcome: UplinkAnswer['outcome']): CommandEnding {
  switch (outcome.kind) {
    case 'result':
      return { outcome: saysYes(outcome.payload) ? 'accepted' : 'rejected', sent: true, response: outcome.payload };
    case 'error': {
      const { code, description, details } = outcome;
      return {
        outcome: 'callError',
        sent: true,
        error: { code, description, details: details === '' ? '{}' : details },
      };
    }
    case 'timeout':
      return { outcome: 'timeout', sent: true };
    case 'lost':
      return { outcome: 'offline', sent: true };
    default:
      return outcome satisfies never;
  }
}

/** What is told of a command of this charger. */
export function statusOf(
  actor: Pick<ChargerActor, 'tenant' | 'chargerId'>,
  command: QueuedCommand | SentCommand,
  ending?: CommandEnding,
): CommandStatus {
  return {
    commandId: command.id,
    tenant: actor.tenant,
    charger: actor.chargerId,
    action: command.action,
    requestedAtMs: command.requestedAtMs,
    sentAtMs: 'sentAtMs' in command ? command.sentAtMs : undefined,
    ending,
  };
}

/** The version the charger speaks or spoke last; before it was ever seen, those it may come with. */
function versionsOf({ state, policy }: Pick<ChargerActor, 'state' | 'policy'>): readonly OcppVersion[] {
  return state.version === undefined ? policy.versions : [state.version];
}

function triggersOf(ask: CommandSubmit): readonly string[] {
  return asksFor(ask.action, requestedMessageOf(parseJson(ask.payload)));
}
