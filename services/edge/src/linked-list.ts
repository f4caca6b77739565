/**
 * A list whose items carry their own links: they are taken out from the middle without a search, and coming and going costs no memory.
 *
 * A `Map` for each of the 256 partitions did the same, but it makes itself a new table every few messages. A table that lives for a second is in the old
 * generation when it is left, and keeps all it ever named until the next full collection: half of what an edge promoted (decision 18).
 */

/** What an item of a list must have; written by the list only. */
export interface Links<Item> {
  before: Item | undefined;
  after: Item | undefined;
}

/** Items in the order they came. */
export class LinkedList<Item extends Links<Item>> {
  #first: Item | undefined;
  #last: Item | undefined;

  /** Shows each in turn, also those that are added meanwhile. `visit` may take out the item it sees, and no other. */
  each(visit: (item: Item) => void): void {
    for (let item = this.#first; item !== undefined; ) {
      const { after } = item;
      visit(item);
      // The last one may have got one behind it.
      item = after ?? item.after;
    }
  }

  /** The first item for which `test` is true. */
  find(test: (item: Item) => boolean): Item | undefined {
    let item = this.#first;
    while (item !== undefined && !test(item)) item = item.after;
    return item;
  }

  /** The item must be in no list. */
  add(item: Item): void {
    item.before = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  /** The item must be in this list. */
  delete(item: Item): void {
    const { before, after } = item;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    // What is gone leads nowhere: an old item would keep younger ones.
    item.before = undefined;
    item.after = undefined;
  }
}
