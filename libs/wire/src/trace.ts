/**
 * A trace shows one charger's frames to a person for a while. What travels for it: an ask of the api to all edges, repeated before its lease
 * runs out, and what the edge that holds the charger reports. Soft state only: who stops asking is told nothing soon after, who reports
 * needs no answer, and what is lost is noticed by its number.
 */
import type { WireOcppVersion } from './envelope.ts';
import type { ChargerAddress, EdgeId, SessionId, TraceId } from './identity.ts';

/** Asked of all edges: report what this charger does, now or once it comes. */
export interface TraceAsk extends ChargerAddress {
  readonly traceId: TraceId;
  /** How long it holds without being asked again, ms. */
  readonly leaseMs: number;
}

/** Something that happened to a session of the charger. Secrets are out of the texts already. */
export type TraceEvent =
  /** It has a session here; `openedAgoMs` is 0 when it came just now. */
  | { readonly kind: 'opened'; readonly version: WireOcppVersion; readonly openedAgoMs: number }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  | {
      readonly kind: 'frame';
      /** `in`: from the charger. */
      readonly direction: 'in' | 'out';
      /** What it begins like: `call`, `result`, `error`, `resultError`, `send`, `other`. */
      readonly type: string;
      readonly text: string;
      /** Of the whole frame. */
      readonly bytes: number;
      /** The text is only the beginning of the frame. */
      readonly cut: boolean;
      /** Secrets were taken out of the text. */
      readonly masked: boolean;
      /** Why it is no frame of OCPP-J; undefined when it is one. */
      readonly invalid: string | undefined;
    }
  /** The transport failed, for instance by a message that was too long to be taken. */
  | { readonly kind: 'failed'; readonly error: string };

/** What an edge tells a trace. */
export interface TraceReport {
  readonly edgeId: EdgeId;
  /** Counts what the edge had to report to this trace, from 1, left out or not: a gap says how much is missing. */
  readonly n: number;
  /** Wall clock of the edge. */
  readonly atMs: number;
  readonly said:
    | { readonly kind: 'event'; readonly sessionId: SessionId; readonly event: TraceEvent }
    /** Nothing new, and `n` is the number of the last: says how much was left out since. */
    | { readonly kind: 'mark' }
    /** It has as many traces as it may, and tells this one nothing. */
    | { readonly kind: 'full' };
}
