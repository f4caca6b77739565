/**
 * Which partitions this worker may act for. The port between whoever assigns partitions (`shared-ownership.ts`) and the worker,
 * which only starts and stops partitions when told.
 */
import type { Epoch, PartitionId } from '@voltlane/wire';

/** Told in this order for each partition: gained, later released or lost, perhaps gained again with a higher epoch. */
export interface PartitionListener {
  /** The claim is written: act for this partition, and fence every effect with `epoch`. */
  gained(partition: PartitionId, epoch: Epoch): void;
  /**
   * Hand over: take nothing new, finish what is in flight; the claim is given up when the promise resolves. When that takes too
   * long, or the claim goes meanwhile, `lost` follows.
   */
  released(partition: PartitionId): Promise<void>;
  /** The claim is gone already, or can no longer be proven: stop now, whatever is in flight is fenced off. */
  lost(partition: PartitionId): void;
}

/** Acquires, keeps and gives up claims. */
export interface Ownership {
  /** Acquires claims and reports each through the listener; resolves when the first round is through. */
  start(listener: PartitionListener): Promise<void>;
  /** The epoch this worker holds the partition with, or undefined when it does not hold it now. */
  epochOf(partition: PartitionId): Epoch | undefined;
  /** True while the worker holds what it should and can still prove it. */
  healthy(): boolean;
  /** Releases every partition through the listener, then gives up the claims. */
  stop(): Promise<void>;
}
