/**
 * All chargers in memory: those of the registry and those the journal knows, one row each, in the order of their keys. Owns the
 * rows; order and columns are `fleet-table.ts`. Knows neither where changes come from (`fleet-feed.ts`) nor what is asked of it (`fleet-query.ts`).
 *
 * Invariants
 * 1. A row is there exactly while the registry has a record of it or the journal a state of it.
 * 2. An older state never replaces a newer one: sequences decide. Last seen only grows.
 * 3. `table()` has every row, in order of `key` and as it is now.
 * 4. At most `chargersMax` rows. When full, further chargers are not taken in and `incomplete` says so until the process restarts.
 *
 * Identities that differ only in case are one row; the newest record wins.
 */
import type { ChargerState } from '@voltlane/charger-state';
import type { ChargerRecord } from '@voltlane/registry';
import { type ChargerAddress, foldCase, type Tenant } from '@voltlane/wire';
import { FleetRow } from './fleet-row.ts';
import { FleetTable } from './fleet-table.ts';
import { ownText } from './interning.ts';
import { NO_LABELS, RowParts } from './row-parts.ts';

/** See the head of this file. */
export class FleetView {
  readonly #chargersMax: number;
  readonly #parts = new RowParts();
  readonly #byKey = new Map<string, FleetRow>();
  readonly #table = new FleetTable();
  #connected = 0;
  #incomplete = false;

  constructor(chargersMax: number) {
    this.#chargersMax = chargersMax;
  }

  /** Chargers in it. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Chargers with a session. */
  get connected(): number {
    return this.#connected;
  }

  /** A charger found no room. */
  get incomplete(): boolean {
    return this.#incomplete;
  }

  /** The row of a charger, in any case. */
  get(tenant: Tenant, chargerId: string): FleetRow | undefined {
    return this.#byKey.get(fleetKey(tenant, chargerId));
  }

  /** All rows in order; good until the view is told of something. */
  table(): FleetTable {
    this.#table.settle();
    return this.#table;
  }

  /** The registry has this record now, or none. */
  applyRecord(tenant: Tenant, chargerId: string, record: ChargerRecord | undefined): void {
    const row = this.#row(tenant, chargerId, record !== undefined);
    if (row === undefined) return;
    row.registered = record !== undefined;
    row.labels = record === undefined ? NO_LABELS : this.#parts.labels(record.labels);
    row.chargerId = record === undefined ? row.journalId || row.chargerId : sameText(row.chargerId, record.chargerId);
    if (record === undefined && row.sequence === 0) this.#remove(row);
    else this.#table.changed(row);
  }

  /** A state record of the journal. */
  applyState({ tenant, chargerId }: ChargerAddress, sequence: number, state: ChargerState): void {
    const row = this.#row(tenant, chargerId, true);
    if (row === undefined || sequence <= row.sequence) return;
    row.sequence = sequence;
    row.journalId = sameText(row.chargerId, chargerId);
    if (!row.registered) row.chargerId = row.journalId;
    this.#connected += (state.session === undefined ? 0 : 1) - (row.session === undefined ? 0 : 1);
    row.registration = state.registration;
    row.version = state.version;
    row.namePlate = this.#parts.namePlate(state);
    row.session = this.#session(row.session, state.session);
    row.connectors = this.#parts.connectors(state);
    row.runningTransactions = state.open.length;
    row.openCommands = state.commands.queue.length + (state.commands.sent === undefined ? 0 : 1);
    row.lastSeenS = Math.max(row.lastSeenS, Math.floor(state.lastSeenMs / 1_000));
    this.#table.changed(row);
  }

  /** Its owner heard of it; a charger nobody else knows is not taken in. */
  applySeen({ tenant, chargerId }: ChargerAddress, seenAtS: number): void {
    const row = this.get(tenant, chargerId);
    if (row !== undefined && row.lastSeenS < seenAtS) row.lastSeenS = seenAtS;
  }

  #row(tenant: Tenant, chargerId: string, make: boolean): FleetRow | undefined {
    const known = this.get(tenant, chargerId);
    if (known !== undefined || !make) return known;
    if (this.#byKey.size >= this.#chargersMax) {
      this.#incomplete = true;
      return undefined;
    }
    const key = ownText(fleetKey(tenant, chargerId));
    const row = new FleetRow(key, this.#tenant(tenant), ownText(chargerId));
    this.#byKey.set(key, row);
    this.#table.add(row);
    return row;
  }

  #remove(row: FleetRow): void {
    this.#byKey.delete(row.key);
    row.gone = true;
    this.#table.remove(row);
  }

  #session(before: FleetRow['session'], now: ChargerState['session']): FleetRow['session'] {
    if (now === undefined) return undefined;
    if (before?.id === now.id && before.edge === now.edgeId) return before;
    return { id: ownText(now.id), edge: this.#parts.text(now.edgeId), openedAtMs: now.openedAtMs };
  }

  readonly #tenants = new Map<Tenant, Tenant>();

  #tenant(tenant: Tenant): Tenant {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    this.#tenants.set(tenant, tenant);
    return tenant;
  }
}

/** The key of a charger's row. */
export function fleetKey(tenant: Tenant, chargerId: string): string {
  return `${tenant}/${foldCase(chargerId)}`;
}

/** The text that is there already, when both are equal: one copy in memory instead of two. */
function sameText(before: string, now: string): string {
  return before === now ? before : ownText(now);
}
