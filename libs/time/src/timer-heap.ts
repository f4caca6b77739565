/**
 * The waiting timers of a fake clock as a binary heap: a simulated day fires millions of them. Owns order and cancellation;
 * knows no clock.
 */

/** A timer waiting. `intervalMs` 0 fires once. */
export interface FakeTimer {
  atMs: number;
  order: number;
  readonly intervalMs: number;
  readonly fire: () => void;
  waiting: boolean;
}

/** Timers by due time, then by order of creation. */
export interface TimerHeap {
  push(atMs: number, intervalMs: number, fire: () => void): FakeTimer;
  /** Puts the first timer back for its next round. One way down the heap instead of out and in: most of what fires repeats. */
  repeatFirst(atMs: number): void;
  /** Never fires again; a second call does nothing. */
  cancel(timer: FakeTimer): void;
  peek(): FakeTimer | undefined;
  pop(): FakeTimer | undefined;
  size(): number;
}

/** Creates an empty heap. */
export function createTimerHeap(): TimerHeap {
  return new BinaryTimerHeap();
}

/** Cancelled timers stay in place until they surface; when they outnumber the living, all are thrown out at once. */
class BinaryTimerHeap implements TimerHeap {
  #heap: FakeTimer[] = [];
  #cancelled = 0;
  #order = 0;

  push(atMs: number, intervalMs: number, fire: () => void): FakeTimer {
    const timer: FakeTimer = { atMs, order: this.#order++, intervalMs, fire, waiting: true };
    this.#insert(timer);
    return timer;
  }

  repeatFirst(atMs: number): void {
    const first = this.peek();
    if (first === undefined) return;
    first.atMs = atMs;
    first.order = this.#order++;
    this.#sink(first);
  }

  cancel(timer: FakeTimer): void {
    if (!timer.waiting) return;
    timer.waiting = false;
    this.#cancelled += 1;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#compact();
  }

  peek(): FakeTimer | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || top.waiting) return top;
      this.#cancelled -= 1;
      this.#removeTop();
    }
  }

  pop(): FakeTimer | undefined {
    const top = this.peek();
    if (top === undefined) return undefined;
    top.waiting = false;
    this.#removeTop();
    return top;
  }

  size(): number {
    return this.#heap.length - this.#cancelled;
  }

  #insert(timer: FakeTimer): void {
    const heap = this.#heap;
    heap.push(timer);
    let index = heap.length - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || before(parent, timer)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = timer;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
  }

  #sink(timer: FakeTimer): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (before(timer, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = timer;
  }

  #compact(): void {
    const living = this.#heap.filter((timer) => timer.waiting);
    // An array in ascending order is a heap.
    living.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    this.#heap = living;
    this.#cancelled = 0;
  }
}

function before(a: FakeTimer, b: FakeTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
