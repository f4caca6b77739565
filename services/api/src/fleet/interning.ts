/**
 * One object for many equal ones: 100,000 chargers have a few hundred name plates, edges and pictures of connectors between them.
 * Owns only the way to find the shared object; whoever got one keeps it.
 *
 * At most `entriesMax` are known at a time. When full, all are forgotten and it begins anew: later rows share again among
 * themselves, earlier ones keep what they have.
 */

/** Makes the shared object of a text that stands for it. */
export class Interning<T> {
  readonly #entriesMax: number;
  readonly #known = new Map<string, T>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** The object of `key`; `make` is called for a key that is not known. */
  of(key: string, make: (key: string) => T): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#entriesMax) this.#known.clear();
    // What is cut from a longer text would keep all of it alive.
    const own = ownText(key);
    const made = make(own);
    this.#known.set(own, made);
    return made;
  }
}

/** The same text in memory of its own: a slice of a longer one keeps all of that alive. */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
