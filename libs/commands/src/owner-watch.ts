/**
 * Hears new owners of partitions announce themselves, so that whoever waits for the answer of an owner that has died asks the new one
 * at once. Only makes waits shorter: an announcement may be lost, and every wait has an end of its own.
 */
import type { Bus, Subscription } from '@voltlane/bus';
import type { PartitionId, Subjects } from '@voltlane/wire';

/** What the watch works with. */
export interface OwnerWatchDependencies {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly subjects: Pick<Subjects, 'ownerFilter' | 'parseOwner'>;
}

/** The watch of one process. */
export class OwnerWatch {
  readonly #deps: OwnerWatchDependencies;
  readonly #listeners = new Map<PartitionId, Set<() => void>>();
  #subscription: Subscription | undefined;

  constructor(deps: OwnerWatchDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { bus, subjects } = this.#deps;
    this.#subscription ??= bus.subscribe(subjects.ownerFilter(), ({ subject }) => {
      const partition = subjects.parseOwner(subject);
      if (partition !== undefined) this.#announced(partition);
    });
  }

  stop(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }

  /** Ends as `work` does, or with `moved` as soon as a new owner announces the partition; what `work` comes to then is nobody's. */
  orMoved<T>(partition: PartitionId, work: Promise<T>): Promise<T | 'moved'> {
    const listeners = this.#listeners.get(partition) ?? new Set();
    this.#listeners.set(partition, listeners);
    return new Promise((resolve, reject) => {
      const moved = (): void => resolve('moved');
      const done = (): void => {
        listeners.delete(moved);
        if (listeners.size === 0 && this.#listeners.get(partition) === listeners) this.#listeners.delete(partition);
      };
      listeners.add(moved);
      work.finally(done).then(resolve, reject);
    });
  }

  #announced(partition: PartitionId): void {
    const listeners = this.#listeners.get(partition) ?? [];
    this.#listeners.delete(partition);
    for (const moved of listeners) moved();
  }
}
