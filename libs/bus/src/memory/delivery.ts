/**
 * Messages under way inside one broker.
 *
 * Invariants:
 * 1. A handler never runs inside `publish`.
 * 2. Messages of one link (from → to) are handed over in the order they were sent, delays included.
 * 3. At most `deliveriesMax` wait; beyond that a message is dropped and counted, as a real bus drops for a slow consumer.
 */
import type { Clock } from '@voltlane/time';
import type { BusMessage } from '../ports.ts';
import type { MemoryFaults } from './faults.ts';
import type { MemorySubscription } from './router.ts';

interface Delivery {
  readonly subscription: MemorySubscription;
  readonly message: BusMessage;
}

/** Delayed messages of one link, oldest first. */
interface DelayedLink {
  readonly waiting: Delivery[];
  lastDueMs: number;
}

/** What the queue needs from the broker. */
export interface DeliveryPorts {
  readonly clock: Clock;
  readonly faults: MemoryFaults | undefined;
  /** Runs `run` soon, never at once. */
  readonly schedule: (run: () => void) => void;
  /** Hands one message over. */
  readonly deliver: (subscription: MemorySubscription, message: BusMessage) => void;
  readonly deliveriesMax: number;
}

/** Handed over per turn before others get theirs. */
const BATCH = 1024;

/** The queue of one broker. */
export class DeliveryQueue {
  readonly #ports: DeliveryPorts;
  readonly #links = new Map<string, DelayedLink>();
  #ready: Delivery[] = [];
  #head = 0;
  #delayed = 0;
  #scheduled = false;
  #dropped = 0;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** Messages under way. */
  get size(): number {
    return this.#ready.length - this.#head + this.#delayed;
  }

  /** Messages dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends `message` of connection `from` on its way. */
  send(from: string, subscription: MemorySubscription, message: BusMessage): void {
    if (this.size >= this.#ports.deliveriesMax) {
      this.#dropped += 1;
      return;
    }
    const { faults } = this.#ports;
    if (faults?.deliver === undefined) {
      this.#push({ subscription, message });
      return;
    }
    const fate = faults.deliver({ from, to: subscription.connection }, message);
    if (fate === 'drop') return;
    this.#sendDelayed(`${from} ${subscription.connection}`, fate === 'pass' ? 0 : fate.delayMs, {
      subscription,
      message,
    });
  }

  #sendDelayed(link: string, delayMs: number, delivery: Delivery): void {
    let state = this.#links.get(link);
    if (delayMs <= 0 && state === undefined) {
      this.#push(delivery);
      return;
    }
    if (state === undefined) {
      state = { waiting: [], lastDueMs: 0 };
      this.#links.set(link, state);
    }
    const nowMs = this.#ports.clock.monotonicMs();
    state.lastDueMs = Math.max(state.lastDueMs, nowMs + delayMs);
    state.waiting.push(delivery);
    this.#delayed += 1;
    this.#ports.clock.after(state.lastDueMs - nowMs, () => this.#release(link));
  }

  /** Each timer lets one message go; they fire in order of due time, so the oldest is the right one. */
  #release(link: string): void {
    const state = this.#links.get(link);
    const delivery = state?.waiting.shift();
    if (state === undefined || delivery === undefined) return;
    this.#delayed -= 1;
    if (state.waiting.length === 0) this.#links.delete(link);
    this.#push(delivery);
  }

  #push(delivery: Delivery): void {
    this.#ready.push(delivery);
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#ports.schedule(this.#drain);
    }
  }

  readonly #drain = (): void => {
    const end = Math.min(this.#ready.length, this.#head + BATCH);
    while (this.#head < end) {
      const delivery = this.#ready[this.#head];
      this.#head += 1;
      if (delivery !== undefined) this.#ports.deliver(delivery.subscription, delivery.message);
    }
    if (this.#head < this.#ready.length) {
      if (this.#head > 4 * BATCH) {
        this.#ready = this.#ready.slice(this.#head);
        this.#head = 0;
      }
      this.#ports.schedule(this.#drain);
      return;
    }
    this.#ready = [];
    this.#head = 0;
    this.#scheduled = false;
  };
}
