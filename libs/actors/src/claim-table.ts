/**
 * The claims as they stand in the bus, one slot per partition, kept up to date by a watch. Writes them by compare-and-set; decides
 * nothing about them.
 *
 * Invariants
 * 1. A slot only moves forward: an older revision never replaces a newer one, whichever way it came.
 * 2. A write stands on the revision of the slot, so it loses against everything this worker has not seen.
 * 3. The epoch of a slot never shrinks, also when somebody removes the key.
 */
import type { KeyValue, KvChange, Subscription } from '@voltlane/bus';
import { isBusError } from '@voltlane/bus';
import type { Epoch, PartitionId, WorkerId } from '@voltlane/wire';
import { partitionId } from '@voltlane/wire';
import type { Claim } from './claim.ts';
import { claimKey, decodeClaim, encodeClaim, partitionOfClaimKey } from './claim.ts';
import { ActorsError } from './errors.ts';

/** The claim of one partition as last seen, and what this worker has to do with it. */
export interface Slot {
  readonly partition: PartitionId;
  /** Who holds it; undefined when nobody does. */
  worker: WorkerId | undefined;
  /** 0 when there never was a claim. */
  epoch: number;
  revision: number;
  /** The epoch this worker holds the partition with. */
  held: Epoch | undefined;
  /** A write or a hand-over is under way. */
  busy: boolean;
  /** The outcome of a write is unknown, or another came first: look before writing again. */
  stale: boolean;
  /** Monotonic ms before which nothing is tried again. */
  retryAtMs: number;
}

/** Told of a claim that changed; `fresh` is false for those found at the start. */
export type SlotListener = (slot: Slot, fresh: boolean) => void;

/** All claims of the cluster. */
export class ClaimTable {
  readonly slots: readonly Slot[];
  readonly #claims: KeyValue;
  readonly #listener: SlotListener;
  #watch: Subscription | undefined;
  #known = false;
  #unreadable = 0;
  #conflicts = 0;
  #failures = 0;

  constructor(claims: KeyValue, partitions: number, listener: SlotListener) {
    this.#claims = claims;
    this.#listener = listener;
    this.slots = Array.from({ length: partitions }, (_, index) => ({
      partition: partitionId(index),
      worker: undefined,
      epoch: 0,
      revision: 0,
      held: undefined,
      busy: false,
      stale: false,
      retryAtMs: Number.NEGATIVE_INFINITY,
    }));
  }

  /** Follows the claims; resolves when all there are have been seen. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const ready = (): void => {
        this.#known = true;
        resolve();
      };
      this.#claims
        .watch('>', (change) => this.#observe(change), ready)
        .then((watch) => {
          this.#watch = watch;
        }, reject);
    });
  }

  /** Ends the watch. */
  stop(): void {
    this.#watch?.unsubscribe();
  }

  /** Writes a claim over the one the slot shows. False when it lost or when the outcome is unknown; the slot is stale then. */
  async write(slot: Slot, claim: Claim): Promise<boolean> {
    try {
      if (slot.stale) await this.#refresh(slot);
      // What is there by now may need another decision.
      if (slot.epoch > claim.epoch || (claim.worker !== undefined && slot.epoch === claim.epoch)) return false;
      const revision = await this.#claims.update(claimKey(slot.partition), encodeClaim(claim), slot.revision);
      if (revision === undefined) {
        this.#conflicts += 1;
        await this.#refresh(slot);
        return false;
      }
      this.#note(slot, claim, revision);
      return true;
    } catch (error) {
      if (!isBusError(error) && !(error instanceof ActorsError)) throw error;
      this.#failures += 1;
      slot.stale = true;
      return false;
    }
  }

  /** Numbers for metrics. */
  stats(): { readonly conflicts: number; readonly failures: number; readonly unreadable: number } {
    return { conflicts: this.#conflicts, failures: this.#failures, unreadable: this.#unreadable };
  }

  async #refresh(slot: Slot): Promise<void> {
    const entry = await this.#claims.get(claimKey(slot.partition));
    if (entry === undefined) {
      // The write stands on "must not exist"; the epoch is remembered.
      slot.worker = undefined;
      slot.revision = 0;
    } else if (entry.revision > slot.revision) {
      this.#note(slot, decodeClaim(entry.value), entry.revision);
      this.#listener(slot, this.#known);
    }
    slot.stale = false;
  }

  #note(slot: Slot, claim: Claim | undefined, revision: number): boolean {
    if (revision <= slot.revision) return false;
    slot.revision = revision;
    slot.worker = claim?.worker;
    slot.epoch = Math.max(slot.epoch, claim?.epoch ?? 0);
    return true;
  }

  #observe(change: KvChange): void {
    const slot = this.slots[this.#slotNumber(change.key)];
    if (slot === undefined) return;
    const claim = change.value === undefined ? undefined : this.#decode(change.value);
    // An unreadable claim says nothing about its epoch, so nobody may write over it: the partition waits for an operator.
    if (claim === undefined && change.value !== undefined) return;
    if (!this.#note(slot, claim, change.revision)) return;
    this.#listener(slot, this.#known);
  }

  #slotNumber(key: string): number {
    try {
      return partitionOfClaimKey(key);
    } catch {
      this.#unreadable += 1;
      return -1;
    }
  }

  #decode(value: Uint8Array): Claim | undefined {
    try {
      return decodeClaim(value);
    } catch (error) {
      if (!(error instanceof ActorsError)) throw error;
      this.#unreadable += 1;
      return undefined;
    }
  }
}
