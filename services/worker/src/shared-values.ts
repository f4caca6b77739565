/** Different values remembered: where each charger has its own there is nothing to share, and no table of all is kept. */
const SHARED_MAX = 1_024;

/** Equal values as one object: what every charger in memory holds, and hardly any has for itself. */
export class SharedValues<T> {
  readonly #textOf: (value: T) => string;
  readonly #byText = new Map<string, T>();

  /** Values are equal when their texts are. */
  constructor(textOf: (value: T) => string) {
    this.#textOf = textOf;
  }

  /** The value that was seen first among those equal to this one. */
  shared(value: T): T {
    const text = this.#textOf(value);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#byText.size >= SHARED_MAX) this.#byText.clear();
    this.#byText.set(text, value);
    return value;
  }
}
