/**
 * What a worker has in memory of open commands, by partition: payloads, and who waits for an outcome. Nothing here is the truth: a new
 * owner starts with an empty ledger, reads payloads from the bucket, and is asked again by those who wait.
 */
import type { PartitionId } from '@voltlane/wire';

/** Somebody who wants to know how a command ends. */
export interface Waiter {
  /** Subject of the answer. */
  readonly reply: string;
  /** Monotonic ms at which it gets what is known then. */
  readonly untilMs: number;
}

/** Payload of an open command and the revision of its entry. */
export interface LedgerEntry {
  readonly payload: string;
  readonly revision: number;
}

interface Page {
  readonly entries: Map<string, LedgerEntry>;
  readonly waiters: Map<string, Waiter[]>;
}

/** Askers per command: one, and its own repeats until it is answered. With more, the oldest is forgotten and asks again. */
const WAITERS_MAX = 8;

/** The ledger of one worker. */
export class CommandLedger {
  readonly #pages = new Map<PartitionId, Page>();

  open(partition: PartitionId): void {
    if (!this.#pages.has(partition)) this.#pages.set(partition, { entries: new Map(), waiters: new Map() });
  }

  close(partition: PartitionId): void {
    this.#pages.delete(partition);
  }

  put(partition: PartitionId, commandId: string, entry: LedgerEntry): void {
    this.#pages.get(partition)?.entries.set(commandId, entry);
  }

  get(partition: PartitionId, commandId: string): LedgerEntry | undefined {
    return this.#pages.get(partition)?.entries.get(commandId);
  }

  wait(partition: PartitionId, commandId: string, waiter: Waiter): void {
    const page = this.#pages.get(partition);
    if (page === undefined) return;
    const waiters = page.waiters.get(commandId) ?? [];
    if (waiters.length >= WAITERS_MAX) waiters.shift();
    waiters.push(waiter);
    page.waiters.set(commandId, waiters);
  }

  /** Takes out those whose time is up. */
  impatient(partition: PartitionId, commandId: string, nowMs: number): readonly Waiter[] {
    const waiters = this.#pages.get(partition)?.waiters.get(commandId) ?? [];
    const due = waiters.filter(({ untilMs }) => untilMs <= nowMs);
    if (due.length > 0) {
      const rest = waiters.filter(({ untilMs }) => untilMs > nowMs);
      if (rest.length === 0) this.#pages.get(partition)?.waiters.delete(commandId);
      else this.#pages.get(partition)?.waiters.set(commandId, rest);
    }
    return due;
  }

  /** When the first of them loses patience. */
  patienceEndsMs(partition: PartitionId, commandId: string): number | undefined {
    const waiters = this.#pages.get(partition)?.waiters.get(commandId);
    return waiters === undefined ? undefined : Math.min(...waiters.map(({ untilMs }) => untilMs));
  }

  /** The command has ended: forgets it and returns who waited. */
  settle(partition: PartitionId, commandId: string): { entry: LedgerEntry | undefined; waiters: readonly Waiter[] } {
    const page = this.#pages.get(partition);
    const settled = { entry: page?.entries.get(commandId), waiters: page?.waiters.get(commandId) ?? [] };
    page?.entries.delete(commandId);
    page?.waiters.delete(commandId);
    return settled;
  }

  /** True when a command of the partition is in memory. */
  holds(partition: PartitionId): boolean {
    const page = this.#pages.get(partition);
    return page !== undefined && page.entries.size + page.waiters.size > 0;
  }

  /** Commands with a payload in memory. */
  get size(): number {
    let size = 0;
    for (const page of this.#pages.values()) size += page.entries.size;
    return size;
  }
}
