/** Who gets a message: exact subjects by map, wildcards by a list. Owns the open subscriptions of one broker; delivers nothing. */
import type { BusMessage } from '../ports.ts';
import { compileFilter, hasWildcard } from '../subject.ts';

/** One subscription of one connection. */
export interface MemorySubscription {
  readonly connection: string;
  readonly filter: string;
  readonly queue: string | undefined;
  readonly handler: (message: BusMessage) => void;
  open: boolean;
}

interface WildcardEntry {
  readonly subscription: MemorySubscription;
  readonly matches: (subject: string) => boolean;
}

const NONE: readonly MemorySubscription[] = [];

/** The subscriptions of one broker. */
export class SubjectRouter {
  readonly #exact = new Map<string, MemorySubscription[]>();
  readonly #wildcards: WildcardEntry[] = [];
  #turn = 0;

  /** Opens a subscription. */
  add(subscription: MemorySubscription): void {
    const { filter } = subscription;
    if (hasWildcard(filter)) {
      this.#wildcards.push({ subscription, matches: compileFilter(filter) });
      return;
    }
    const list = this.#exact.get(filter);
    if (list === undefined) this.#exact.set(filter, [subscription]);
    else list.push(subscription);
  }

  /** Closes it; deliveries under way see `open` false. */
  remove(subscription: MemorySubscription): void {
    subscription.open = false;
    const list = this.#exact.get(subscription.filter);
    const place = list?.indexOf(subscription) ?? -1;
    if (list !== undefined && place >= 0) {
      list.splice(place, 1);
      if (list.length === 0) this.#exact.delete(subscription.filter);
      return;
    }
    const wild = this.#wildcards.findIndex((entry) => entry.subscription === subscription);
    if (wild >= 0) this.#wildcards.splice(wild, 1);
  }

  /** Those who get one message on `subject`: everybody without a queue, and one member of each queue in turn. */
  receivers(subject: string): readonly MemorySubscription[] {
    const exact = this.#exact.get(subject) ?? NONE;
    let matching = exact;
    if (this.#wildcards.length > 0) {
      const wild = this.#wildcards.filter((entry) => entry.matches(subject));
      if (wild.length > 0) matching = [...exact, ...wild.map((entry) => entry.subscription)];
    }
    for (const subscription of matching) {
      if (subscription.queue !== undefined) return this.#chooseFromQueues(matching);
    }
    // A copy only where the list itself could change under the caller; callers read it at once.
    return matching;
  }

  #chooseFromQueues(matching: readonly MemorySubscription[]): readonly MemorySubscription[] {
    const chosen: MemorySubscription[] = [];
    const groups = new Map<string, MemorySubscription[]>();
    for (const subscription of matching) {
      if (subscription.queue === undefined) chosen.push(subscription);
      else {
        const group = groups.get(subscription.queue);
        if (group === undefined) groups.set(subscription.queue, [subscription]);
        else group.push(subscription);
      }
    }
    this.#turn += 1;
    for (const group of groups.values()) {
      const member = group[this.#turn % group.length];
      if (member !== undefined) chosen.push(member);
    }
    return chosen;
  }
}
