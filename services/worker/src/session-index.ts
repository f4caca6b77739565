/**
 * Which edge holds each charger, for the partitions this worker has: what must be known when an edge is gone, also of chargers whose
 * actor is not in memory. A hint and no truth: what it says is checked against the charger's state before anything is written.
 *
 * Lean, because it has an entry for every connected charger: one text and a reference to the edge's id.
 */
import type { ChargerAddress, EdgeId, PartitionId } from '@voltlane/wire';
import { flatText, isChargerId, isTenant } from '@voltlane/wire';

/** A charger and its partition. */
export interface IndexedCharger extends ChargerAddress {
  readonly partition: PartitionId;
}

/** The chargers of the held partitions by edge. */
export class SessionIndex {
  readonly #entriesMax: number;
  readonly #partitions = new Map<PartitionId, Map<string, EdgeId>>();
  /** One text per edge: an id that came by a message is a text of its own each time. */
  readonly #edges = new Map<EdgeId, EdgeId>();
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
    this.#size -= this.#partitions.get(partition)?.size ?? 0;
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
    return this.#partitions.get(partition)?.get(`${tenant}/${chargerId}`);
  }

  /** The charger is with this edge. */
  put({ partition, tenant, chargerId }: IndexedCharger, edgeId: EdgeId): void {
    const chargers = this.#partitions.get(partition);
    if (chargers === undefined) return;
    const key = `${tenant}/${chargerId}`;
    const before = chargers.get(key);
    if (before === edgeId) return;
    if (before === undefined) {
      if (this.#size >= this.#entriesMax) {
        this.#refused += 1;
        return;
      }
      this.#size += 1;
    } else this.#moved += 1;
    let id = this.#edges.get(edgeId);
    if (id === undefined) {
      id = edgeId;
      this.#edges.set(id, id);
    }
    // A map keeps the key it had.
    chargers.set(before === undefined ? flatText(key) : key, id);
  }

  /** The charger is with no edge. */
  remove({ partition, tenant, chargerId }: IndexedCharger): void {
    if (this.#partitions.get(partition)?.delete(`${tenant}/${chargerId}`) === true) this.#size -= 1;
  }

  /** Everybody who is with this edge. */
  chargersOf(edgeId: EdgeId): readonly IndexedCharger[] {
    const found: IndexedCharger[] = [];
    for (const [partition, chargers] of this.#partitions) {
      for (const [key, edge] of chargers) {
        if (edge !== edgeId) continue;
        const tenant = key.slice(0, key.indexOf('/'));
        const chargerId = key.slice(tenant.length + 1);
        if (isTenant(tenant) && isChargerId(chargerId)) found.push({ partition, tenant, chargerId });
      }
    }
    return found;
  }

  /** The edge will not be heard of again. */
  forgetEdge(edgeId: EdgeId): void {
    this.#edges.delete(edgeId);
  }
}
