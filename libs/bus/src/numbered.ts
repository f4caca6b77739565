/**
 * What waits for an answer, by a number. A slot each, so that coming and going costs no memory.
 *
 * A `Map` does the same until its table is once left in the old generation: each table leads to the one that took its place, so from then on all of
 * them, with all they ever named, live until the next full collection. A worker of 100,000 chargers promoted 1 MB/s that way (decision 18).
 */

/** Slots there may be. A number is `turn * SLOTS_MAX + slot`. */
const SLOTS_MAX = 2 ** 20;
/** Where turns begin anew, exact in a double: a number comes again after four thousand million others of its slot. */
const NUMBERS_END = 2 ** 52;

/** Items by number. */
export class Numbered<Item> {
  readonly #items: (Item | undefined)[] = [];
  /** The number each slot had last, or has. */
  readonly #numbers: number[] = [];
  /** Slots without an item; the last one is taken next, because it is still in a cache. */
  readonly #free: number[] = [];

  /** Items in it. */
  get size(): number {
    return this.#items.length - this.#free.length;
  }

  /** Keeps an item; returns its number, a whole one above 0. Throws RangeError when more than a million wait. */
  add(item: Item): number {
    const slot = this.#free.pop() ?? this.#newSlot();
    const next = (this.#numbers[slot] ?? slot) + SLOTS_MAX;
    const number = next < NUMBERS_END ? next : slot + SLOTS_MAX;
    this.#numbers[slot] = number;
    this.#items[slot] = item;
    return number;
  }

  /** The item, or undefined when it was taken, or the number never given. */
  get(number: number): Item | undefined {
    const slot = number % SLOTS_MAX;
    return this.#numbers[slot] === number ? this.#items[slot] : undefined;
  }

  /** Takes an item out and returns it; undefined when it is not there. */
  take(number: number): Item | undefined {
    const item = this.get(number);
    if (item === undefined) return undefined;
    const slot = number % SLOTS_MAX;
    this.#items[slot] = undefined;
    this.#free.push(slot);
    return item;
  }

  /** Shows each with its number, in no order. `visit` may take out what it sees. */
  each(visit: (item: Item, number: number) => void): void {
    for (let slot = 0; slot < this.#items.length; slot += 1) {
      const item = this.#items[slot];
      if (item !== undefined) visit(item, this.#numbers[slot] ?? 0);
    }
  }

  #newSlot(): number {
    const slot = this.#items.length;
    if (slot === SLOTS_MAX) throw new RangeError(`more than ${SLOTS_MAX} items`);
    this.#items.push(undefined);
    this.#numbers.push(slot);
    return slot;
  }
}
