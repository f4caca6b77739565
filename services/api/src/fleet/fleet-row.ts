/**
 * One charger in the view of the fleet: what lists show and filters ask for, and no more, because there are 100,000 of them.
 * Everything that repeats over chargers is a shared object (`row-parts.ts`).
 */
import type { Registration } from '@voltlane/charger-state';
import type { Tenant } from '@voltlane/wire';
import type { ConnectorRow, Labels, NamePlate } from './row-parts.ts';
import { NO_CONNECTORS, NO_LABELS, NO_NAME_PLATE } from './row-parts.ts';

/** The version of OCPP a session speaks. */
export type FleetVersion = '1.6' | '2.0.1' | '2.1';

/** The socket a charger is connected with. */
export interface FleetSession {
  readonly id: string;
  readonly edge: string;
  readonly openedAtMs: number;
}

/** A row; only `FleetView` changes it. All fields exist from the start, so that all rows have one shape in memory. */
export class FleetRow {
  /** `<tenant>/<identity in lower case>`: rows are kept in this order. */
  readonly key: string;
  readonly tenant: Tenant;
  /** Identity as registered, else as it came. */
  chargerId: string;
  /** Identity on the subject of its newest record, which may be older than the registration; empty when there is none. */
  journalId = '';
  /** Sequence of that record. */
  sequence = 0;
  registered = false;
  labels: Labels = NO_LABELS;
  registration: Registration = 'None';
  version: FleetVersion | undefined = undefined;
  namePlate: NamePlate = NO_NAME_PLATE;
  session: FleetSession | undefined = undefined;
  connectors: readonly ConnectorRow[] = NO_CONNECTORS;
  runningTransactions = 0;
  openCommands = 0;
  /** Seconds since 1970, 0 when it was never heard of. */
  lastSeenS = 0;
  /** No source knows it any more; it leaves the order at the next look. */
  gone = false;
  /** Its place in the columns; `FleetTable` sets it. */
  slot = 0;

  constructor(key: string, tenant: Tenant, chargerId: string) {
    this.key = key;
    this.tenant = tenant;
    this.chargerId = chargerId;
  }
}
