/**
 * Which edge holds each charger, for the partitions this worker has: what must be known when an edge is gone, also of chargers whose
 * actor is not in memory. A hint and no truth: what it says is checked against the charger's state before anything is written.
 *
 * Lean, because it has an entry for every connected charger: one text and a reference to its edge.
 */
import type { ChargerAddress, EdgeId, PartitionId } from '@voltlane/wire';
import { flatText, isChargerId, isTenant } from '@voltlane/wire';

/** A charger and its partition. */
export interface IndexedCharger extends ChargerAddress {
  readonly partition: PartitionId;
}

/** An edge that holds chargers; one object for all of them, because an id that came by a message is a text of its own each time. */
interface Holder {
  readonly edgeId: EdgeId;
  chargers: number;
}

/** The chargers of the held partitions by edge. */
export class SessionIndex {
  readonly #entriesMax: number;
  readonly #partitions = new Map<PartitionId, Map<string, Holder>>();
  /** Those that hold at least one. */
  readonly #holders = new Map<EdgeId, Holder>();
  #size = 0;
  #refused = 0;
  #moved = 0;

  /** With more than `entriesMax` chargers the rest is not remembered: those are found when they are heard of. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** Chargers in it. */
  get size(): number {
    return this.#size;
  }

  /** Chargers that found no room. */
  get refused(): number {
    return this.#refused;
  }

  /** Times a charger came to another edge than the one it was with. */
  get moved(): number {
    return this.#moved;
  }

  /** The partition is held from now on. */
  open(partition: PartitionId): void {
    if (!this.#partitions.has(partition)) this.#partitions.set(partition, new Map());
  }

  /** The partition is somebody else's. */
  close(partition: PartitionId): void {
    const chargers = this.#partitions.get(partition);
    if (chargers === undefined) return;
    for (const holder of chargers.values()) this.#release(holder);
    this.#size -= chargers.size;
    this.#partitions.delete(partition);
  }

  /** Partitions held. */
  partitions(): readonly PartitionId[] {
    return [...this.#partitions.keys()];
  }

  holds(partition: PartitionId): boolean {
    return this.#partitions.has(partition);
  }

  /** The edge that holds the charger; undefined when none is known. */
  edgeOf({ partition, tenant, chargerId }: IndexedCharger): EdgeId | undefined {
    return this.#partitions.get(partition)?.get(`${tenant}/${chargerId}`)?.edgeId;
  }

  /** The charger is with this edge. */
  put({ partition, tenant, chargerId }: IndexedCharger, edgeId: EdgeId): void {
    const chargers = this.#partitions.get(partition);
    if (chargers === undefined) return;
    const key = `${tenant}/${chargerId}`;
    const before = chargers.get(key);
    if (before?.edgeId === edgeId) return;
    if (before === undefined) {
      if (this.#size >= this.#entriesMax) {
        this.#refused += 1;
        return;
      }
      this.#size += 1;
    } else {
      this.#moved += 1;
      this.#release(before);
    }
    let holder = this.#holders.get(edgeId);
    if (holder === undefined) {
      holder = { edgeId, chargers: 0 };
      this.#holders.set(edgeId, holder);
    }
    holder.chargers += 1;
    // A map keeps the key it had.
    chargers.set(before === undefined ? flatText(key) : key, holder);
  }

  /** The charger is with no edge. */
  remove({ partition, tenant, chargerId }: IndexedCharger): void {
    const chargers = this.#partitions.get(partition);
    const key = `${tenant}/${chargerId}`;
    const holder = chargers?.get(key);
    if (holder === undefined) return;
    chargers?.delete(key);
    this.#size -= 1;
    this.#release(holder);
  }

  /** How many are with this edge. */
  countOf(edgeId: EdgeId): number {
    return this.#holders.get(edgeId)?.chargers ?? 0;
  }

  /**
   * Everybody who is with this edge, found while the caller goes on, be it seconds later: who is no longer with it by then is passed over. A
   * list of 100,000 chargers, made at once when six edges died, held a worker up for a second.
   */
  *chargersOf(edgeId: EdgeId): Generator<IndexedCharger, undefined> {
    for (const [partition, chargers] of this.#partitions) {
      for (const [key, holder] of chargers) {
        if (holder.edgeId !== edgeId) continue;
        const tenant = key.slice(0, key.indexOf('/'));
        const chargerId = key.slice(tenant.length + 1);
        if (isTenant(tenant) && isChargerId(chargerId)) yield { partition, tenant, chargerId };
      }
    }
  }

  #release(holder: Holder): void {
    holder.chargers -= 1;
    if (holder.chargers === 0) this.#holders.delete(holder.edgeId);
  }
}
