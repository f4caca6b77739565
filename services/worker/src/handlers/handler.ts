/**
 * What a handler is: a pure decision about one CALL of a charger. It may not wait, look at a clock or touch the bus; what it
 * needs from outside it names in `needs`, and gets looked up before `decide` runs.
 */

import type { ChargerState, OpenTransaction } from '@voltlane/charger-state';
import type { EventKind } from '@voltlane/wire';
import type { TokenVerdicts } from '../domain/authorization.ts';
import type { ChargerPolicy } from '../domain/policy.ts';

/** What must be looked up before deciding. */
export interface Needs {
  /** idTokens (1.6 idTag, 2.x idToken.idToken) whose records the decision depends on. */
  readonly idTokens: readonly string[];
}

/** Everything a decision may look at beside the request. */
export interface DecisionContext {
  /** Read from its text at the first look: who does not need it should not look. */
  readonly state: ChargerState;
  /** The open transactions of the state, for who needs no more of it. */
  readonly open: readonly OpenTransaction[];
  readonly policy: ChargerPolicy;
  /** Records of the tokens named in `needs`. */
  readonly tokens: TokenVerdicts;
  /** Wall clock, ms since epoch. */
  readonly nowMs: number;
  /** Tenant and identity, for ids derived from content. */
  readonly tenant: string;
  readonly chargerId: string;
  readonly version: '1.6' | '2.0.1' | '2.1';
  readonly action: string;
  /** JSON text of the payload, verbatim; for fingerprints. */
  readonly payloadText: string;
  /** Next 1.6 transaction id for a counter value: positive, 31-bit, never repeated by this charger. */
  readonly transactionIdFor: (count: number) => number;
}

/** An event to be recorded. `id` is given where content names the happening; otherwise the actor numbers it. */
export interface EventDraft {
  readonly kind: EventKind;
  /** ISO 8601; the charger's own time where it gave one. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly id?: string;
}

/** A part of a multi-message report to be kept in the reports bucket. */
export interface ReportPart {
  /** OCPP action that carries it, e.g. `NotifyReport`. */
  readonly report: string;
  readonly requestId: number;
  readonly seqNo: number;
}

/** The answer to the charger. `none` only for SEND. */
export type Answer<Response> =
  | { readonly kind: 'result'; readonly payload: Response }
  | { readonly kind: 'error'; readonly code: string; readonly description: string }
  | { readonly kind: 'none' };

/** What is to be done. `events` non-empty or `state` changed means one fenced append before the answer leaves. */
export interface Decision<Response> {
  readonly answer: Answer<Response>;
  /** Next state; absent, or the very same object, when nothing durable changed. */
  readonly state?: ChargerState;
  readonly events: readonly EventDraft[];
  /** Telemetry that changes no state; goes to the meter subject, deduplicated by its id. */
  readonly meter?: EventDraft & { readonly id: string };
  readonly report?: ReportPart;
  /** Set when this content was applied before: counted, nothing recorded. */
  readonly duplicate?: boolean;
  /** Set with `duplicate` when the content differs from what was recorded under the same key: worth a log line. */
  readonly conflict?: boolean;
}

/** A handler of one action in one version. */
export interface Handler<Request, Response> {
  readonly needs?: (request: Request) => Needs;
  readonly decide: (request: Request, context: DecisionContext) => Decision<Response>;
}
