/**
 * Carries out what was decided: appends to the journal, replies to the edge. The only place of the worker with effects on the
 * bus.
 *
 * Invariants
 * 1. A reply leaves after the journal has acknowledged what it promises.
 * 2. Every effect is fenced: an append by the subject's last sequence, a message to an edge by the epoch of the claim.
 * 3. A state in memory is the state of the last acknowledged record, never ahead of it.
 */
import type { Ownership } from '@voltlane/actors';
import type { Bus, Journal, KeyValue } from '@voltlane/bus';
import type { ChargerState, SentCommand, SessionState } from '@voltlane/charger-state';
import { STATE_HEADER, writeState } from '@voltlane/charger-state';
import type { Clock } from '@voltlane/time';
import { isoTime } from '@voltlane/time';
import type {
  DownlinkReply,
  EventBody,
  EventRecordDraft,
  EventSourceDraft,
  Subjects,
  Uplink,
  UplinkCall,
} from '@voltlane/wire';
import {
  EVENT_RECORD_VERSION,
  edgeId,
  encodeDownlink,
  encodeEventRecord,
  encodeToken,
  sessionId,
} from '@voltlane/wire';
import type { ChargerActor, Inbound, Notice } from './charger-actor.ts';
import { WorkerError } from './errors.ts';
import type { EventDraft, ReportPart } from './handlers/handler.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { TracedAppend, WorkerSpans } from './spans.ts';

/** Why a socket is closed: WebSocket close codes (1008 policy violation, 1013 try again later) and the reason the charger reads. */
const CLOSINGS = {
  replaced: { code: 1008, reason: 'replaced by a newer connection' },
  past: { code: 1008, reason: 'a newer connection is there' },
  unresponsive: { code: 1008, reason: 'calls are not answered' },
  contested: { code: 1013, reason: 'connections of this identity replace each other, try again later' },
} as const;

/** What the outbox works with. */
export interface OutboxDependencies {
  readonly bus: Pick<Bus, 'publish'>;
  readonly journal: Journal;
  /** Bucket for parts of multi-message reports. */
  readonly reports: KeyValue;
  readonly ownership: Pick<Ownership, 'epochOf'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly metrics: WorkerMetrics;
  /** Undefined where traces are off. */
  readonly spans?: WorkerSpans | undefined;
}

/** Header of a record of a traced call; part of the contract (docs/contract.md). */
const TRACE_HEADER = 'traceparent';
const NO_HEADERS: Append['headers'] = Object.freeze({});

/** The claim an effect is made under. */
export type Fence = Pick<ChargerActor, 'partition' | 'epoch'>;

/** What a state change came from: a message of an edge, a command, or what the worker noticed about a session by itself. */
export type StateCause =
  | Uplink
  | { readonly kind: Notice['kind']; readonly sessionId: string }
  | { readonly kind: 'command'; readonly sessionId: undefined };

/** An append under way. */
interface Append extends TracedAppend {
  readonly headers: Readonly<Record<string, string>>;
}

/** Performs the effects of decisions. */
export class Outbox {
  readonly #deps: OutboxDependencies;

  constructor(deps: OutboxDependencies) {
    this.#deps = deps;
  }

  /**
   * Appends one state record and makes `next` the actor's state.
   * Throws WorkerError `append-conflict`, `not-owner`, or a BusError when the outcome is unknown: the actor must be forgotten.
   */
  async appendState(
    actor: ChargerActor,
    next: ChargerState,
    drafts: readonly EventDraft[],
    cause: StateCause,
  ): Promise<void> {
    this.assertOwner(actor);
    const nowMs = this.#deps.clock.nowMs();
    const lastSeenMs = this.#lastSeenMs(actor, nowMs);
    const state = { ...next, eventCount: next.eventCount + drafts.length, lastSeenMs };
    const events = drafts.map((draft, index) => numbered(draft, next.eventCount + index + 1));
    const append = this.#began(actor, 'state');
    const header = writeState(state);
    const headers = { [STATE_HEADER]: header, ...append.headers };
    const record = { body: this.#encode(actor, events, cause, nowMs), headers };
    const subject = this.#deps.subjects.eventState(actor);
    const appending = this.#deps.journal.append(subject, record, actor.expectedSequence);
    const result = await this.#acknowledged(append, appending);
    if (result.kind === 'conflict') {
      this.#deps.metrics.appendConflict();
      throw new WorkerError(
        'append-conflict',
        `another writer appended to ${subject} after sequence ${actor.expectedSequence}`,
      );
    }
    this.#deps.metrics.appended('state', this.#tookMs(append), drafts, append.traceparent);
    actor.recorded(state, header, result.sequence);
  }

  /** Appends telemetry; the journal recognises a repeated id. */
  async appendMeter(
    actor: ChargerActor,
    draft: EventDraft & { readonly id: string },
    cause: UplinkCall,
  ): Promise<void> {
    this.assertOwner(actor);
    const nowMs = this.#deps.clock.nowMs();
    const append = this.#began(actor, 'meter');
    const event: EventBody = { id: draft.id, kind: draft.kind, at: draft.at, data: draft.data };
    const body = this.#encode(actor, [event], cause, nowMs);
    const record = { body, headers: append.headers };
    const recording = this.#deps.journal.record(this.#deps.subjects.eventMeter(actor), record, draft.id);
    const result = await this.#acknowledged(append, recording);
    if (result.kind === 'duplicate') this.#deps.metrics.duplicate('meter');
    else this.#deps.metrics.appended('meter', this.#tookMs(append), [draft], append.traceparent);
  }

  /** Keeps one part of a report: `<tenant>.<charger>.<report>.<requestId>.<seqNo>`, the payload as the charger wrote it. */
  async keepReport(actor: ChargerActor, part: ReportPart, payload: string): Promise<void> {
    this.assertOwner(actor);
    const charger = `${actor.tenant}.${encodeToken(actor.chargerId)}`;
    const key = `${charger}.${part.report}.${part.requestId}.${part.seqNo}`;
    await this.#deps.reports.put(key, new TextEncoder().encode(payload));
  }

  /** Throws WorkerError `not-owner` when the partition has gone: asked before anything is written elsewhere than in the journal. */
  assertOwner(actor: ChargerActor): void {
    if (this.#deps.ownership.epochOf(actor.partition) === actor.epoch) return;
    throw new WorkerError('not-owner', `partition ${actor.partition} is no longer held with epoch ${actor.epoch}`);
  }

  /** Answers an uplink message. Silent when the partition has gone: the new owner answers the resend. */
  reply(fence: Fence, inbound: Inbound<Uplink>, outcome: DownlinkReply['outcome']): void {
    const { partition, epoch } = fence;
    if (this.#deps.ownership.epochOf(partition) !== epoch) return;
    const { sessionId: session, seq } = inbound.uplink;
    const reply = { kind: 'reply', partition, epoch, sessionId: session, seq, outcome } as const;
    this.#deps.bus.publish(inbound.reply, encodeDownlink(reply));
    this.#deps.spans?.replied(inbound, outcome);
  }

  /** Gives the edge the CALL of a command; it sends it once, however often it is told. */
  sendCall(actor: ChargerActor, command: SentCommand, payload: string, timeoutMs: number): void {
    if (this.#deps.ownership.epochOf(actor.partition) !== actor.epoch) return;
    const { partition, epoch } = actor;
    const { id: commandId, action } = command;
    const session = sessionId(command.sessionId);
    const data = encodeDownlink({
      kind: 'call',
      partition,
      epoch,
      sessionId: session,
      commandId,
      action,
      payload,
      timeoutMs,
      traceparent: command.trace?.own,
    });
    this.#deps.bus.publish(this.#deps.subjects.edgeInbox(edgeId(command.edgeId)), data);
  }

  /** Answers whoever asked about a command. Silent when the partition has gone: the new owner is asked again. */
  answer({ partition, epoch }: Fence, reply: string, json: string): void {
    if (this.#deps.ownership.epochOf(partition) !== epoch) return;
    this.#deps.bus.publish(reply, Buffer.from(json, 'utf8'));
  }

  /** Tells the edge of a session that is not the newest, or may not be, to close its socket. */
  closeSocket(actor: ChargerActor, session: Pick<SessionState, 'id' | 'edgeId'>, why: keyof typeof CLOSINGS): void {
    if (this.#deps.ownership.epochOf(actor.partition) !== actor.epoch) return;
    const { partition, epoch } = actor;
    const data = encodeDownlink({
      kind: 'close',
      partition,
      epoch,
      sessionId: sessionId(session.id),
      ...CLOSINGS[why],
    });
    this.#deps.bus.publish(this.#deps.subjects.edgeInbox(edgeId(session.edgeId)), data);
  }

  /** What is known of an append when it begins. */
  #began(actor: ChargerActor, to: Append['class']): Append {
    const traceparent = this.#deps.spans?.append(actor);
    return {
      class: to,
      startedMs: this.#deps.clock.monotonicMs(),
      traceparent,
      parent: actor.traceparent,
      headers: traceparent === undefined ? NO_HEADERS : { [TRACE_HEADER]: traceparent },
    };
  }

  #tookMs({ startedMs }: Append): number {
    return this.#deps.clock.monotonicMs() - startedMs;
  }

  async #acknowledged<T extends { readonly kind: string }>(append: Append, appending: Promise<T>): Promise<T> {
    const { metrics, spans } = this.#deps;
    try {
      const result = await appending;
      spans?.appended(append, result.kind === 'conflict' ? result.kind : undefined);
      return result;
    } catch (error) {
      metrics.appendFailed(append.class);
      spans?.appended(append, 'unacknowledged');
      throw error;
    }
  }

  /** A record may come of what the worker noticed by itself, long after the charger said something. */
  #lastSeenMs(actor: ChargerActor, nowMs: number): number {
    if (actor.heardMonotonicMs < 0) return actor.state.lastSeenMs;
    return nowMs - Math.max(0, Math.round(this.#deps.clock.monotonicMs() - actor.heardMonotonicMs));
  }

  #encode(actor: ChargerActor, events: readonly EventBody[], cause: StateCause, nowMs: number): Uint8Array {
    const call = cause.kind === 'call' ? cause : undefined;
    const record: EventRecordDraft = {
      v: EVENT_RECORD_VERSION,
      tenant: actor.tenant,
      charger: actor.chargerId,
      recordedAt: isoTime(nowMs),
      session: cause.sessionId,
      events,
      source: call === undefined ? undefined : sourceOf(call),
    };
    return encodeEventRecord(record, call?.payload);
  }
}

function sourceOf({ version, action, messageId, receivedAtMs, deviations }: UplinkCall): EventSourceDraft {
  return {
    version,
    action,
    messageId,
    receivedAt: isoTime(receivedAtMs),
    deviations: deviations.length === 0 ? undefined : deviations,
  };
}

/** An event with its id: the one its content gave it, else its number in the life of the charger. */
function numbered(draft: EventDraft, number: number): EventBody {
  return { id: draft.id ?? `e${number}`, kind: draft.kind, at: draft.at, data: draft.data };
}
