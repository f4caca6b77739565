/**
 * Ownership for a cluster with one worker: the worker that started last holds every partition.
 *
 * Normal operation: at start it writes a claim with the next epoch for each partition, by compare-and-set, whoever held it
 * before; then it watches the claims. A worker that starts later does the same, and this one sees each of its partitions go
 * (`lost`) as the other's claims arrive. What it computes between losing and noticing is fenced at the journal and at the edge.
 *
 * Invariants
 * 1. `epochOf` is the epoch of a claim this worker wrote and has not seen replaced.
 * 2. A partition's epoch only grows, also when a claim is given up.
 */
import type { KeyValue, KvChange, Subscription } from '@voltlane/bus';
import type { Epoch, PartitionId, WorkerId } from '@voltlane/wire';
import { epoch, partitionId } from '@voltlane/wire';
import { claimKey, decodeClaim, encodeClaim, partitionOfClaimKey } from './claim.ts';
import { ActorsError } from './errors.ts';
import type { Ownership, PartitionListener } from './ownership.ts';

/** Attempts at one claim before giving up; only another worker starting at the same moment makes one fail. */
const CLAIM_ATTEMPTS_MAX = 10;

/** What the sole owner needs. */
export interface SoleOwnerOptions {
  readonly worker: WorkerId;
  readonly partitions: number;
  readonly claims: KeyValue;
}

/** Claims every partition of the cluster for one worker. */
export class SoleOwner implements Ownership {
  readonly #options: SoleOwnerOptions;
  readonly #held = new Map<PartitionId, Epoch>();
  #listener: PartitionListener | undefined;
  #watch: Subscription | undefined;
  #complete = false;

  constructor(options: SoleOwnerOptions) {
    this.#options = options;
  }

  async start(listener: PartitionListener): Promise<void> {
    this.#listener = listener;
    const all = Array.from({ length: this.#options.partitions }, (_, index) => partitionId(index));
    await Promise.all(all.map((partition) => this.#acquire(partition)));
    this.#watch = await this.#options.claims.watch('>', (change) => this.#observe(change));
    this.#complete = true;
  }

  epochOf(partition: PartitionId): Epoch | undefined {
    return this.#held.get(partition);
  }

  healthy(): boolean {
    return this.#complete && this.#held.size === this.#options.partitions;
  }

  async stop(): Promise<void> {
    this.#complete = false;
    this.#watch?.unsubscribe();
    const held = [...this.#held.keys()];
    await Promise.all(held.map(async (partition) => this.#listener?.released(partition)));
    await Promise.all(held.map((partition) => this.#giveUp(partition)));
  }

  async #acquire(partition: PartitionId): Promise<void> {
    const { claims, worker } = this.#options;
    const key = claimKey(partition);
    for (let attempt = 1; attempt <= CLAIM_ATTEMPTS_MAX; attempt += 1) {
      const entry = await claims.get(key);
      const next = epoch((entry === undefined ? 0 : decodeClaim(entry.value).epoch) + 1);
      const revision = await claims.update(key, encodeClaim({ worker, epoch: next }), entry?.revision ?? 0);
      if (revision === undefined) continue;
      this.#held.set(partition, next);
      this.#listener?.gained(partition, next);
      return;
    }
    throw new ActorsError(
      'claim-lost',
      `worker ${worker} lost the claim of partition ${partition} ${CLAIM_ATTEMPTS_MAX} times: is another worker starting at the same time?`,
    );
  }

  async #giveUp(partition: PartitionId): Promise<void> {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    this.#held.delete(partition);
    const entry = await this.#options.claims.get(claimKey(partition));
    if (entry === undefined || decodeClaim(entry.value).worker !== this.#options.worker) return;
    await this.#options.claims.update(entry.key, encodeClaim({ worker: undefined, epoch: held }), entry.revision);
  }

  #observe(change: KvChange): void {
    if (change.value === undefined) return;
    const partition = partitionOfClaimKey(change.key);
    const claim = decodeClaim(change.value);
    const held = this.#held.get(partition);
    if (held === undefined || claim.epoch <= held) return;
    this.#held.delete(partition);
    this.#listener?.lost(partition);
  }
}
