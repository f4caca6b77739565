/**
 * The spans of a worker: one for each traced call, from its arrival to its reply; one for each record appended meanwhile; one for each
 * traced command, from its submission to its end. There is no such object where traces are off.
 *
 * The context of what a turn is about lies on the actor (`ChargerActor.traceparent`) while the turn lasts. That of a command lies in
 * the durable state, so that its span is whole whoever owns the charger when it ends.
 */
import type { CommandTrace, QueuedCommand, SentCommand } from '@voltlane/charger-state';
import type { CommandEnding } from '@voltlane/commands';
import type { SpanAttributes, Tracing } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { CommandAsk, DownlinkReply, Uplink } from '@voltlane/wire';
import type { ChargerActor, Inbound, TurnTrace } from './charger-actor.ts';
import type { RECORD_CLASSES } from './metrics.ts';

/** An append under way. */
export interface TracedAppend {
  readonly class: (typeof RECORD_CLASSES)[number];
  /** Monotonic ms. */
  readonly startedMs: number;
  /** Context of its span, when it is traced. */
  readonly traceparent: string | undefined;
  readonly parent: string | undefined;
}

/** Outcomes of commands that are nobody's wish. */
const FAILURES: ReadonlySet<CommandEnding['outcome']> = new Set(['callError', 'timeout', 'expired', 'offline']);

/** Records the spans of a worker. */
export class WorkerSpans {
  readonly #tracing: Tracing;
  readonly #clock: Pick<Clock, 'monotonicMs' | 'nowMs'>;

  constructor(tracing: Tracing, clock: Pick<Clock, 'monotonicMs' | 'nowMs'>) {
    this.#tracing = tracing;
    this.#clock = clock;
  }

  /** The span a message is handled in, if it is a traced call. */
  arrived(message: Uplink | CommandAsk): TurnTrace | undefined {
    if (message.kind !== 'call' || message.traceparent === undefined) return undefined;
    return { own: this.#tracing.below(message.traceparent), parent: message.traceparent, turnMs: 0 };
  }

  /** Its turn has come. */
  turn(trace: TurnTrace): void {
    trace.turnMs = this.#clock.monotonicMs();
  }

  /** The reply to a message has left. */
  replied({ uplink, arrivedMs, trace }: Inbound<Uplink>, outcome: DownlinkReply['outcome']): void {
    if (trace === undefined || uplink.kind !== 'call') return;
    const { tenant, chargerId, version, action } = uplink;
    const waitedMs = trace.turnMs === 0 ? undefined : trace.turnMs - arrivedMs;
    this.#tracing.ended({
      traceparent: trace.own,
      parent: trace.parent,
      name: action,
      kind: 'consumer',
      startedMs: arrivedMs,
      endedMs: this.#clock.monotonicMs(),
      attributes: {
        ...attributesOf({ tenant, chargerId }, action),
        'ocpp.version': version,
        'voltlane.outcome': outcome.kind,
        ...(waitedMs === undefined ? {} : { 'voltlane.mailbox_wait_ms': waitedMs }),
      },
      error: outcome.kind === 'error' ? outcome.code : undefined,
      ...(waitedMs === undefined ? {} : { events: [{ name: 'turn', atMs: trace.turnMs }] }),
    });
  }

  /** The context of an append, for the record's header: whoever reads the record goes on from it. */
  append(actor: ChargerActor): string | undefined {
    return actor.traceparent === undefined ? undefined : this.#tracing.below(actor.traceparent);
  }

  /** An append has ended; `error` says how when it failed. */
  appended({ traceparent, parent, startedMs, class: to }: TracedAppend, error: string | undefined): void {
    if (traceparent === undefined) return;
    this.#tracing.ended({
      traceparent,
      parent,
      name: 'journal append',
      kind: 'producer',
      startedMs,
      endedMs: this.#clock.monotonicMs(),
      attributes: { 'messaging.system': 'nats', 'voltlane.record_class': to },
      error,
    });
  }

  /** What is kept of the trace of a command that was asked for. */
  command(asker: string | undefined): CommandTrace | undefined {
    return asker === undefined ? undefined : { own: this.#tracing.below(asker), parent: asker };
  }

  /** A command has ended. */
  commandEnded(actor: ChargerActor, command: QueuedCommand | SentCommand, ending: CommandEnding): void {
    const { trace, action } = command;
    if (trace === undefined) return;
    // Another process may have taken it: only the wall clock knows when.
    const endedMs = this.#clock.monotonicMs();
    const offsetMs = endedMs - this.#clock.nowMs();
    const failed = FAILURES.has(ending.outcome);
    this.#tracing.ended({
      traceparent: trace.own,
      parent: trace.parent,
      name: action,
      kind: 'consumer',
      startedMs: command.requestedAtMs + offsetMs,
      endedMs,
      attributes: {
        ...attributesOf(actor, action),
        'voltlane.command': command.id,
        'voltlane.outcome': ending.outcome,
        'voltlane.sent': ending.sent,
      },
      error: failed ? ending.outcome : undefined,
      ...('sentAtMs' in command ? { events: [{ name: 'sent', atMs: command.sentAtMs + offsetMs }] } : {}),
    });
  }
}

function attributesOf(
  { tenant, chargerId }: Pick<ChargerActor, 'tenant' | 'chargerId'>,
  action: string,
): SpanAttributes {
  return { 'rpc.system': 'ocpp', 'rpc.method': action, 'voltlane.tenant': tenant, 'voltlane.charger': chargerId };
}
