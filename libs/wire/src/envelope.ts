/**
 * What travels between edge and worker. The shapes here are the internal contract (may change with its version);
 * `envelope-codec.ts` turns them into msgpack and back.
 *
 * OCPP payloads travel as the JSON text the charger or the backend wrote: byte-exact, safe for integers above 2^53, never
 * re-encoded on the way into the journal (docs/decisions/0001-payload-as-text.md).
 */
import type { ChargerAddress, ChargerId, EdgeId, Epoch, PartitionId, SessionId, Tenant, WorkerId } from './identity.ts';

/** Version of the envelopes this code writes. A reader refuses a newer one. */
export const ENVELOPE_VERSION = 1;

/** Negotiated OCPP version of a session, as the spec names it. */
export type WireOcppVersion = '1.6' | '2.0.1' | '2.1';

/** Fields each uplink message repeats, so that any of them can introduce a session to an actor that has never seen it. */
export interface SessionHeader {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly edgeId: EdgeId;
  readonly sessionId: SessionId;
  readonly version: WireOcppVersion;
  /**
   * How long ago the socket was opened when this copy was sent, ms by the edge's monotonic clock; undefined from an edge that does
   * not say. Which of two sessions is the newer is decided by it (docs/decisions/0006-newest-session.md), never by wall clocks.
   */
  readonly openedAgoMs?: number | undefined;
}

/** A new socket was accepted. Sent with seq 0 before any call of the session. */
export interface SessionOpened extends SessionHeader {
  readonly kind: 'sessionOpened';
  readonly seq: 0;
  /** Wall clock of the edge at the upgrade, ms since epoch. */
  readonly openedAtMs: number;
  /** Peer address as the edge saw it, for people only. */
  readonly remoteAddress: string;
  /** OCPP security profile the session was accepted with (0–3). */
  readonly securityProfile: number;
}

/** Why a schema rejected a payload: the CALLERROR the charger will get. */
export interface Violation {
  readonly code: string;
  readonly description: string;
}

/** A CALL (or SEND) of the charger, decoded and validated at the edge. */
export interface UplinkCall extends SessionHeader {
  readonly kind: 'call';
  /** Counts the session's calls from 1; a resend repeats it. */
  readonly seq: number;
  readonly messageId: string;
  readonly action: string;
  /** Payload as JSON text. */
  readonly payload: string;
  /** Wall clock of the edge when the frame arrived, ms since epoch. */
  readonly receivedAtMs: number;
  /** Milliseconds the edge will still wait for the reply, counted from the moment this copy was sent. */
  readonly budgetMs: number;
  /** SEND (OCPP 2.1, message type 6): the reply is for the edge's bookkeeping and never reaches the charger. */
  readonly send: boolean;
  /** Set when the payload broke its schema and is only to be recorded and refused (transaction messages). */
  readonly violation?: Violation;
  /** Deviations the lenient pipeline mended, as short codes; empty when the payload was valid as it came. */
  readonly deviations: readonly string[];
  /** The edge's span of this call (W3C traceparent), when it is recorded. */
  readonly traceparent?: string | undefined;
}

/** The charger's answer to a CALL that came down. */
export interface UplinkAnswer extends SessionHeader {
  readonly kind: 'answer';
  readonly seq: number;
  /** The id of the command the CALL carried. */
  readonly commandId: string;
  readonly outcome:
    | { readonly kind: 'result'; readonly payload: string }
    | { readonly kind: 'error'; readonly code: string; readonly description: string; readonly details: string }
    | { readonly kind: 'timeout' }
    | { readonly kind: 'lost'; readonly reason: string };
}

/** The socket is gone and every call it had brought was answered or given up. */
export interface SessionClosed extends SessionHeader {
  readonly kind: 'sessionClosed';
  readonly seq: number;
  readonly closedAtMs: number;
  /** WebSocket close code; 1006 when there was none. */
  readonly code: number;
  readonly reason: string;
}

/** Everything an edge sends to the owner of a charger's partition. */
export type Uplink = SessionOpened | UplinkCall | UplinkAnswer | SessionClosed;

/** Fields each downlink message carries: where it goes and the epoch it is fenced by. */
export interface DownlinkHeader {
  readonly partition: PartitionId;
  readonly epoch: Epoch;
  readonly sessionId: SessionId;
}

/** Answer to one uplink message (call, sessionOpened, sessionClosed, answer), matched by session and seq. */
export interface DownlinkReply extends DownlinkHeader {
  readonly kind: 'reply';
  readonly seq: number;
  readonly outcome:
    | { readonly kind: 'result'; readonly payload: string }
    | { readonly kind: 'error'; readonly code: string; readonly description: string }
    /** Taken note of; nothing goes to the charger (sessionOpened, sessionClosed, answer, SEND). */
    | { readonly kind: 'noted' };
}

/** A CALL to the charger. */
export interface DownlinkCall extends DownlinkHeader {
  readonly kind: 'call';
  readonly commandId: string;
  readonly action: string;
  readonly payload: string;
  readonly timeoutMs: number;
  /** The owner's span of the command, when it is recorded. */
  readonly traceparent?: string | undefined;
}

/** Close this socket: a newer one replaced it, or a rule asks for it. */
export interface DownlinkClose extends DownlinkHeader {
  readonly kind: 'close';
  readonly code: number;
  readonly reason: string;
}

/**
 * A worker has taken a partition and listens. An edge fences every lower epoch from now on and sends what the owner before did
 * not answer again. Lost announcements cost time only: the next reply carries the epoch, too.
 */
export interface OwnerAnnouncement {
  readonly partition: PartitionId;
  readonly epoch: Epoch;
  readonly worker: WorkerId;
}

/** Asked by the owner of partitions: which sessions of theirs does this edge hold? */
export interface SessionsQuestion {
  readonly partitions: readonly PartitionId[];
  /** Where the page before ended (`SessionsPage.next`); 0 asks for the first page. */
  readonly after: number;
}

/** One page of the answer. */
export interface SessionsPage {
  readonly edgeId: EdgeId;
  /** What to ask for next; undefined on the last page. */
  readonly next: number | undefined;
  readonly sessions: readonly ListedSession[];
}

/** An open session as its edge lists it. */
export interface ListedSession extends SessionHeader {
  readonly openedAgoMs: number;
}

/** What every ask about a command of a charger carries. */
interface CommandAskHeader extends ChargerAddress {
  readonly commandId: string;
  /** How long the answer may be held back for the outcome, ms. */
  readonly waitMs: number;
}

/** Take this command. Sent again until it is answered, under the same id. */
export interface CommandSubmit extends CommandAskHeader {
  readonly kind: 'commandSubmit';
  readonly action: string;
  /** JSON text. */
  readonly payload: string;
  readonly timeoutMs: number;
  /** How long it may wait for a charger that is away; 0: not at all. */
  readonly ttlMs: number;
  readonly priority: number;
  readonly coalesceKey: string | undefined;
  readonly requestedBy: string | undefined;
  readonly requestedAtMs: number;
  /** Hold the answer back also while the charger is away. */
  readonly waitsWhileAway: boolean;
  /** The owner may have heard of this id before: it was sent before, or is made from an idempotency key. */
  readonly repeated: boolean;
  /** The span of whoever asked, when it is recorded. */
  readonly traceparent?: string | undefined;
}

/** Take this command back if its CALL has not left. */
export interface CommandCancel extends CommandAskHeader {
  readonly kind: 'commandCancel';
  readonly requestedBy: string | undefined;
}

/** How far is this command? */
export interface CommandStatusAsk extends CommandAskHeader {
  readonly kind: 'commandStatus';
}

/** What the owner of a charger is asked about its commands; answered with the public JSON of the command. */
export type CommandAsk = CommandSubmit | CommandCancel | CommandStatusAsk;

/** Everything a worker sends to an edge. */
export type Downlink = DownlinkReply | DownlinkCall | DownlinkClose;
