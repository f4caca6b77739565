/**
 * What the bus does to messages and writes: a little latency always, and what the running faults ask for. Holds which faults are
 * running on which node; decides by the seed's own randomness.
 */
import type { DeliveryFate, Link, MemoryFaults, StoreFate, StoreOperation } from '@voltlane/bus';
import type { Random } from '@voltlane/time';
import type { Fault, NodeFaultKind } from './fault.ts';
import { between } from './streams.ts';

/** Latency of the bus in good weather, ms. */
const DELIVERY_MS = { low: 0.125, high: 1 };
const STORE_MS = { low: 0.125, high: 0.75 };

interface Running {
  readonly kind: NodeFaultKind;
  readonly amount: number;
  readonly random: Random;
}

/** The node a connection belongs to: connections are named `<node>-<incarnation>`. */
export function nodeOfConnection(connection: string): string {
  return connection.slice(0, connection.lastIndexOf('-'));
}

/** The weather over one bus. */
export class Weather implements MemoryFaults {
  readonly #random: Random;
  readonly #onFate: (fate: string, node: string, subject: string) => void;
  readonly #running = new Map<string, Map<number, Running>>();

  constructor(random: Random, onFate: (fate: string, node: string, subject: string) => void) {
    this.#random = random;
    this.#onFate = onFate;
  }

  /** A fault on a node's bus begins. */
  begin(node: string, fault: Fault & { readonly kind: NodeFaultKind }, random: Random): void {
    let faults = this.#running.get(node);
    if (faults === undefined) {
      faults = new Map();
      this.#running.set(node, faults);
    }
    faults.set(fault.id, { kind: fault.kind, amount: fault.amount, random });
  }

  /** It is over. */
  end(node: string, id: number): void {
    const faults = this.#running.get(node);
    faults?.delete(id);
    if (faults?.size === 0) this.#running.delete(node);
  }

  deliver(link: Link, message: { readonly subject: string }): DeliveryFate {
    let delayMs = between(this.#random, DELIVERY_MS.low, DELIVERY_MS.high);
    if (this.#running.size > 0) {
      for (const node of [nodeOfConnection(link.from), nodeOfConnection(link.to)]) {
        for (const { kind, amount, random } of this.#running.get(node)?.values() ?? []) {
          if (kind === 'busDelay') delayMs += between(random, 0, amount);
          if (kind === 'busDrop' && random.next() < amount) {
            this.#onFate('drop', node, message.subject);
            return 'drop';
          }
        }
      }
    }
    return { delayMs };
  }

  store(operation: StoreOperation): StoreFate {
    let delayMs = between(this.#random, STORE_MS.low, STORE_MS.high);
    const node = nodeOfConnection(operation.connection);
    for (const { kind, amount, random } of this.#running.get(node)?.values() ?? []) {
      if (kind === 'storeSlow') delayMs += between(random, 0, amount / 2);
      if (kind === 'storeRefuse' && random.next() < amount) {
        this.#onFate('refuse', node, operation.subject);
        return 'refuse';
      }
      if (kind === 'storeForget' && operation.kind === 'write' && operation.subject !== '' && random.next() < amount) {
        this.#onFate('forget', node, operation.subject);
        return 'forget';
      }
    }
    return { delayMs };
  }

  /** Copies of what `node` publishes now. */
  copies(node: string): number {
    for (const { kind, amount, random } of this.#running.get(node)?.values() ?? []) {
      if (kind === 'busDuplicate' && random.next() < amount) return 2;
    }
    return 1;
  }

  /** How long an acknowledgement takes back to `node`. */
  ackDelayMs(node: string): number {
    let delayMs = 0;
    for (const { kind, amount, random } of this.#running.get(node)?.values() ?? []) {
      if (kind === 'storeSlow') delayMs += between(random, 0, amount / 2);
    }
    return delayMs;
  }
}
