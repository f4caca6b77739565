/**
 * A part of all rows as a column of numbers: equal numbers are the same shared object (`interning.ts`). A question is put to each
 * distinct object once; asking a row is then a look into two arrays. Owns the numbers; a number that no row has is used again, so
 * there are never more than rows.
 */

/** The answers to one question: a row matches when `answers[numbers[slot]]` is 1. */
export interface PartAnswers {
  readonly numbers: Uint32Array;
  readonly answers: Uint8Array;
}

/** One column. */
export class PartColumn<T> {
  #numbers = new Uint32Array(0);
  readonly #numberOf = new Map<T, number>();
  readonly #parts: (T | undefined)[] = [];
  /** Rows that have the part. */
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** Makes room for this many slots. */
  grow(slots: number): void {
    const grown = new Uint32Array(slots);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }

  /** A new row is in `slot`, and has `part`. */
  add(slot: number, part: T): void {
    this.#numbers[slot] = this.#take(part);
  }

  /** The row in `slot` has `part` now. */
  set(slot: number, part: T): void {
    const before = this.#numbers[slot] ?? 0;
    if (this.#parts[before] === part) return;
    this.#numbers[slot] = this.#take(part);
    this.#release(before);
  }

  /** The row in `slot` is no more. */
  remove(slot: number): void {
    this.#release(this.#numbers[slot] ?? 0);
  }

  /** Slots are numbered anew: what is in `order[slot]` comes to `slot`. */
  reorder(order: Uint32Array): void {
    const before = this.#numbers.slice();
    for (let slot = 0; slot < order.length; slot += 1) this.#numbers[slot] = before[order[slot] ?? 0] ?? 0;
  }

  /** Puts a question to every part that a row has. */
  ask(test: (part: T) => boolean): PartAnswers {
    const answers = new Uint8Array(this.#parts.length);
    for (const [part, number] of this.#numberOf) if (test(part)) answers[number] = 1;
    return { numbers: this.#numbers, answers };
  }

  #take(part: T): number {
    const known = this.#numberOf.get(part);
    const number = known ?? this.#free.pop() ?? this.#parts.length;
    if (known === undefined) {
      this.#numberOf.set(part, number);
      this.#parts[number] = part;
      this.#uses[number] = 0;
    }
    this.#uses[number] = (this.#uses[number] ?? 0) + 1;
    return number;
  }

  #release(number: number): void {
    const uses = (this.#uses[number] ?? 0) - 1;
    this.#uses[number] = uses;
    const part = this.#parts[number];
    if (uses > 0 || part === undefined) return;
    this.#numberOf.delete(part);
    this.#parts[number] = undefined;
    this.#free.push(number);
  }
}
