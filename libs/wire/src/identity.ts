/** Who is who on the bus. Branded strings and numbers, so that one cannot be passed for another. */
import { shown, WireError } from './errors.ts';

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** Tenant name: 1–64 characters of `[A-Za-z0-9_-]`. */
export type Tenant = Branded<string, 'Tenant'>;
/** Charger identity as registered (case kept); OCPP-J calls it the charge point / charging station identity. */
export type ChargerId = Branded<string, 'ChargerId'>;
/** Index of a partition, 0 ≤ p < P. */
export type PartitionId = Branded<number, 'PartitionId'>;
/** Fencing epoch of a partition's claim; only grows; ≥ 1. */
export type Epoch = Branded<number, 'Epoch'>;
/** One edge process, unique per start; one NATS token `[A-Za-z0-9_-]`. */
export type EdgeId = Branded<string, 'EdgeId'>;
/** One worker process, unique per start; one NATS token `[A-Za-z0-9_-]`. */
export type WorkerId = Branded<string, 'WorkerId'>;
/** One socket of one charger, unique over all edges; sorts by the time it was opened. */
export type SessionId = Branded<string, 'SessionId'>;
/** One trace of a charger's frames, unique over all; one NATS token `[A-Za-z0-9_-]`. */
export type TraceId = Branded<string, 'TraceId'>;

/** The address of a charger everywhere inside the broker. */
export interface ChargerAddress {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
}

/** Which rules an identity is held to: OCPP 1.6 knows none, 2.0.1 and 2.1 have `identifierString`. */
export type OcppFamily = '1.6' | '2.x';

/** Longest charger identity, bytes of UTF-8. */
export const CHARGER_ID_BYTES_MAX = 255;
/** Longest identity of a 2.x charging station, characters. */
export const IDENTIFIER_STRING_CHARS_MAX = 48;
/** Largest number of partitions a cluster may have. */
export const PARTITIONS_MAX = 65_536;

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const IDENTIFIER_STRING = /^[A-Za-z0-9*\-_=+|@.]{1,48}$/;
/** C0, DEL, C1 and the path separator. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const FORBIDDEN_IN_ID = /[\u0000-\u001f\u007f-\u009f/]/;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** True for 1–64 characters of `[A-Za-z0-9_-]`. */
export function isTenant(text: string): text is Tenant {
  return NAME.test(text);
}

/** True for 1–255 bytes of well-formed text without `/` and control characters. */
export function isChargerId(text: string): text is ChargerId {
  if (text.length === 0 || text.length > CHARGER_ID_BYTES_MAX || FORBIDDEN_IN_ID.test(text)) return false;
  // One byte per character is the usual case; only others need counting.
  return PRINTABLE_ASCII.test(text) || (text.isWellFormed() && Buffer.byteLength(text, 'utf8') <= CHARGER_ID_BYTES_MAX);
}

/** True for 1–48 characters of OCPP 2.x `identifierString` without `:`, which separates user and password (Part 4 §3.1.1). */
export function isIdentifierString(text: string): boolean {
  return IDENTIFIER_STRING.test(text);
}

/** True for 0 ≤ p < 65,536. */
export function isPartitionId(value: number): value is PartitionId {
  return Number.isInteger(value) && value >= 0 && value < PARTITIONS_MAX;
}

/** True for a whole number from 1. */
export function isEpoch(value: number): value is Epoch {
  return Number.isSafeInteger(value) && value >= 1;
}

/** True for one NATS token of 1–64 characters. */
export function isEdgeId(text: string): text is EdgeId {
  return NAME.test(text);
}

/** True for one NATS token of 1–64 characters. */
export function isWorkerId(text: string): text is WorkerId {
  return NAME.test(text);
}

/** True for one NATS token of 1–64 characters. */
export function isSessionId(text: string): text is SessionId {
  return NAME.test(text);
}

/** True for one NATS token of 1–64 characters. */
export function isTraceId(text: string): text is TraceId {
  return NAME.test(text);
}

/** A tenant, or WireError `invalid-tenant`. */
export function tenant(text: string): Tenant {
  if (!isTenant(text)) throw new WireError('invalid-tenant', `tenant ${shown(text)} is not 1–64 of [A-Za-z0-9_-]`);
  return text;
}

/** A charger identity by the rules of 1.6 (the wider ones), or WireError `invalid-charger-id`. */
export function chargerId(text: string): ChargerId {
  if (!isChargerId(text)) {
    throw new WireError(
      'invalid-charger-id',
      `charger id ${shown(text)} is not 1–255 bytes without "/" and control characters`,
    );
  }
  return text;
}

/** A charger identity by the rules of its OCPP family (default 1.6), or undefined: what a stranger sends is no exception. */
export function parseChargerId(text: string, family: OcppFamily = '1.6'): ChargerId | undefined {
  if (!isChargerId(text)) return undefined;
  return family === '1.6' || isIdentifierString(text) ? text : undefined;
}

/** The form identities are compared in: lower case, independent of locale. Registry keys and partitions are made from it. */
export function foldCase(text: string): string {
  return text.toLowerCase();
}

/** A partition, or WireError `invalid-partition`. */
export function partitionId(value: number): PartitionId {
  if (!isPartitionId(value)) {
    throw new WireError(
      'invalid-partition',
      `partition ${shown(value)} is not a whole number within 0–${PARTITIONS_MAX - 1}`,
    );
  }
  return value;
}

/** An epoch, or WireError `invalid-epoch`. */
export function epoch(value: number): Epoch {
  if (!isEpoch(value)) throw new WireError('invalid-epoch', `epoch ${shown(value)} is not a whole number from 1`);
  return value;
}

/** An edge id, or WireError `invalid-edge-id`. */
export function edgeId(text: string): EdgeId {
  if (!isEdgeId(text)) throw new WireError('invalid-edge-id', `edge id ${shown(text)} is not 1–64 of [A-Za-z0-9_-]`);
  return text;
}

/** A worker id, or WireError `invalid-worker-id`. */
export function workerId(text: string): WorkerId {
  if (!isWorkerId(text))
    throw new WireError('invalid-worker-id', `worker id ${shown(text)} is not 1–64 of [A-Za-z0-9_-]`);
  return text;
}

/** A session id, or WireError `invalid-session-id`. */
export function sessionId(text: string): SessionId {
  if (!isSessionId(text))
    throw new WireError('invalid-session-id', `session id ${shown(text)} is not 1–64 of [A-Za-z0-9_-]`);
  return text;
}

/** A trace id, or WireError `invalid-trace-id`. */
export function traceId(text: string): TraceId {
  if (!isTraceId(text)) throw new WireError('invalid-trace-id', `trace id ${shown(text)} is not 1–64 of [A-Za-z0-9_-]`);
  return text;
}
