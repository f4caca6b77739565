/**
 * The calls a charger of the load test makes, as small numbers that fit into a typed array, and what each of them must leave in
 * the journal.
 */

import type { EventKind } from '@voltlane/wire';

/** One of `CALL`. 0 is no call. */
export type CallKind = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Names of the numbers. In 2.x `meter`, `start` and `stop` are TransactionEvents. */
export const CALL = { none: 0, boot: 1, status: 2, start: 3, stop: 4, meter: 5, heartbeat: 6 } as const;

/** The order in which due calls of one charger leave: a status report goes before the end of the session it reports. */
export const CALL_ORDER: readonly CallKind[] = [
  CALL.boot,
  CALL.status,
  CALL.start,
  CALL.stop,
  CALL.meter,
  CALL.heartbeat,
];

/** Names for reports, by number. */
export const CALL_NAMES: readonly string[] = ['none', 'boot', 'status', 'start', 'stop', 'meter', 'heartbeat'];

/** The bit of a call in a set of calls. */
export function bitOf(kind: number): number {
  return 1 << kind;
}

/** The number as a kind; `none` for what is none. */
export function callKind(value: number | undefined): CallKind {
  switch (value) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return value;
    default:
      return CALL.none;
  }
}

/** True for calls that leave a record in the journal. */
export function isJournalled(kind: number): boolean {
  return kind !== CALL.none && kind !== CALL.heartbeat;
}

/** The kind of event that the record of a call must hold; undefined for calls that leave none. */
export function eventOfCall(kind: number, isV16: boolean): EventKind | undefined {
  switch (kind) {
    case CALL.boot:
      return 'charger.booted';
    case CALL.status:
      return 'connector.status';
    case CALL.start:
      return 'transaction.started';
    case CALL.stop:
      return 'transaction.ended';
    case CALL.meter:
      return isV16 ? 'meter.values' : 'transaction.updated';
    default:
      return undefined;
  }
}
