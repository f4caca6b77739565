/** What a row either is or is not, and what it is one of few of, as the bits of one byte: one comparison asks for any of it. Pure. */
import type { Registration } from '@voltlane/charger-state';
import type { FleetRow, FleetVersion } from './fleet-row.ts';

const CONNECTED = 1;
const REGISTERED = 2;
const CHARGING = 4;
const REGISTRATION_MASK = 8 + 16;
const VERSION_MASK = 32 + 64;
/** Nobody knows the row any more. */
export const GONE = 128;

const REGISTRATIONS: Readonly<Record<Registration, number>> = { None: 0, Accepted: 8, Pending: 16, Rejected: 24 };
const VERSIONS: Readonly<Record<FleetVersion, number>> = { '1.6': 32, '2.0.1': 64, '2.1': 96 };

/** The flags of a row. */
export function flagsOf(row: FleetRow): number {
  return (
    (row.session === undefined ? 0 : CONNECTED) |
    (row.registered ? REGISTERED : 0) |
    (row.runningTransactions > 0 ? CHARGING : 0) |
    REGISTRATIONS[row.registration] |
    (row.version === undefined ? 0 : VERSIONS[row.version])
  );
}

/** What is asked of the flags; what is left out matches all. */
export interface FlagsAsked {
  readonly connected?: boolean | undefined;
  readonly registered?: boolean | undefined;
  readonly charging?: boolean | undefined;
  readonly registration?: Registration | undefined;
  readonly version?: FleetVersion | undefined;
}

/** A row matches when its flags under `mask` are `value`. */
export function flagsAsked(asked: FlagsAsked): { readonly mask: number; readonly value: number } {
  const { connected, registered, charging, registration, version } = asked;
  let mask = 0;
  let value = 0;
  const want = (bits: number, as: number): void => {
    mask |= bits;
    value |= as;
  };
  if (connected !== undefined) want(CONNECTED, connected ? CONNECTED : 0);
  if (registered !== undefined) want(REGISTERED, registered ? REGISTERED : 0);
  if (charging !== undefined) want(CHARGING, charging ? CHARGING : 0);
  if (registration !== undefined) want(REGISTRATION_MASK, REGISTRATIONS[registration]);
  if (version !== undefined) want(VERSION_MASK, VERSIONS[version]);
  return { mask, value };
}
