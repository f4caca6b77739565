/**
 * The rows in the order of their keys, and beside them, as columns of numbers, what lists are filtered by: a question to 100,000
 * chargers reads some bytes of each instead of an object (measured: 1 ms instead of 50). Owns places, order and columns; the rows
 * themselves are `FleetView`'s, which says when one came, changed or went.
 *
 * Invariants
 * 1. A row keeps its slot while it is in the table, but for `settle`, which may number all anew.
 * 2. After `settle` `order` has the slot of each row once, by key ascending. New rows wait aside until then: inserting each at
 *    its place would move all behind it for every charger while a fleet is loaded.
 * 3. The slot of a row that went is used again only after it has left `order`.
 */
import type { FleetRow } from './fleet-row.ts';
import { ownText } from './interning.ts';
import { pairMarks } from './pair-marks.ts';
import { PartColumn } from './part-column.ts';
import { flagsOf, GONE } from './row-flags.ts';
import type { ConnectorRow, Labels, NamePlate } from './row-parts.ts';

/** Slots there is room for at first; then always twice as many. */
const SLOTS_MIN = 16;
/** From this share of new rows on slots are numbered in order: it happens when a fleet has been loaded, and reads run forward then. */
const RENUMBER_SHARE = 0.5;

/** See the head of this file. */
export class FleetTable {
  readonly namePlates: PartColumn<NamePlate> = new PartColumn();
  readonly labels: PartColumn<Labels> = new PartColumn();
  readonly connectors: PartColumn<readonly ConnectorRow[]> = new PartColumn();
  /** Name of the edge, empty when it is not connected. */
  readonly edges: PartColumn<string> = new PartColumn();
  #rows: (FleetRow | undefined)[] = [];
  #flags = new Uint8Array(0);
  #identities: string[] = [];
  #marks = new Uint32Array(0);
  #order = new Uint32Array(0);
  #ordered = 0;
  readonly #free: number[] = [];
  #added: FleetRow[] = [];
  #goneRows = 0;

  /** Slots in order of key. Valid until the next `settle`. */
  get order(): Uint32Array {
    return this.#order.subarray(0, this.#ordered);
  }

  /** `row-flags.ts` by slot. */
  get flags(): Uint8Array {
    return this.#flags;
  }

  /** Identities in lower case by slot, for the search. */
  get identities(): readonly string[] {
    return this.#identities;
  }

  /** `pair-marks.ts` of the identities by slot. */
  get marks(): Uint32Array {
    return this.#marks;
  }

  /** The row in a slot of `order`. */
  row(slot: number): FleetRow | undefined {
    return this.#rows[slot];
  }

  /** Takes in a new row. */
  add(row: FleetRow): void {
    const slot = this.#free.pop() ?? this.#rows.length;
    if (slot >= this.#flags.length) this.#grow();
    row.slot = slot;
    this.#rows[slot] = row;
    this.#flags[slot] = flagsOf(row);
    const identity = ownText(row.key.slice(row.tenant.length + 1));
    this.#identities[slot] = identity;
    this.#marks[slot] = pairMarks(identity);
    this.namePlates.add(slot, row.namePlate);
    this.labels.add(slot, row.labels);
    this.connectors.add(slot, row.connectors);
    this.edges.add(slot, row.session?.edge ?? '');
    this.#added.push(row);
  }

  /** A row has changed. */
  changed(row: FleetRow): void {
    const { slot } = row;
    this.#flags[slot] = flagsOf(row);
    this.namePlates.set(slot, row.namePlate);
    this.labels.set(slot, row.labels);
    this.connectors.set(slot, row.connectors);
    this.edges.set(slot, row.session?.edge ?? '');
  }

  /** A row is gone; it leaves the order at the next `settle`. */
  remove(row: FleetRow): void {
    this.#flags[row.slot] = GONE;
    this.#goneRows += 1;
  }

  /** Brings new rows into the order, and those that are gone out of it. */
  settle(): void {
    const added = this.#added;
    if (added.length === 0 && this.#goneRows === 0) return;
    this.#added = [];
    if (this.#goneRows > 0) this.#leave(added);
    this.#insert(added.filter((row) => !row.gone).sort(byKey));
    if (added.length > RENUMBER_SHARE * this.#ordered) this.#renumber();
  }

  /** First place in `order` whose key is not below `key`. */
  placeOf(key: string, end: number = this.#ordered): number {
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#rows[this.#order[middle] ?? 0];
      if (row !== undefined && row.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** From the back, so that all between two new rows moves once. */
  #insert(added: readonly FleetRow[]): void {
    let end = this.#ordered;
    this.#ordered += added.length;
    for (let left = added.length; left > 0; left -= 1) {
      const row = added[left - 1];
      if (row === undefined) continue;
      const place = this.placeOf(row.key, end);
      this.#order.copyWithin(place + left, place, end);
      this.#order[place + left - 1] = row.slot;
      end = place;
    }
  }

  #leave(added: readonly FleetRow[]): void {
    let kept = 0;
    for (let place = 0; place < this.#ordered; place += 1) {
      const slot = this.#order[place] ?? 0;
      if (((this.#flags[slot] ?? 0) & GONE) !== 0) this.#vacate(slot);
      else this.#order[kept++] = slot;
    }
    this.#ordered = kept;
    for (const row of added) if (row.gone) this.#vacate(row.slot);
    this.#goneRows = 0;
  }

  #vacate(slot: number): void {
    this.#rows[slot] = undefined;
    this.#identities[slot] = '';
    this.#free.push(slot);
    for (const column of [this.namePlates, this.labels, this.connectors, this.edges]) column.remove(slot);
  }

  #renumber(): void {
    const order = this.order.slice();
    const { length } = order;
    const rows = Array.from(order, (slot) => this.#rows[slot]);
    for (const [slot, row] of rows.entries()) if (row !== undefined) row.slot = slot;
    this.#rows = rows;
    this.#flags.set(order.map((slot) => this.#flags[slot] ?? 0));
    this.#marks.set(order.map((slot) => this.#marks[slot] ?? 0));
    // Copies lie in memory as they are read, five times as fast as where they came to lie while the fleet was loaded (measured).
    this.#identities = Array.from(order, (slot) => ownText(this.#identities[slot] ?? ''));
    for (const column of [this.namePlates, this.labels, this.connectors, this.edges]) column.reorder(order);
    for (let slot = 0; slot < length; slot += 1) this.#order[slot] = slot;
    this.#free.length = 0;
  }

  #grow(): void {
    const slots = Math.max(SLOTS_MIN, this.#flags.length * 2);
    const flags = new Uint8Array(slots);
    flags.set(this.#flags);
    this.#flags = flags;
    this.#marks = grown(this.#marks, slots);
    this.#order = grown(this.#order, slots);
    for (const column of [this.namePlates, this.labels, this.connectors, this.edges]) column.grow(slots);
  }
}

function grown(column: Uint32Array<ArrayBuffer>, slots: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(slots);
  larger.set(column);
  return larger;
}

function byKey(a: FleetRow, b: FleetRow): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
