/**
 * How far a journal was trimmed: the sequence below which records may be gone. The stream cannot tell, because the newest state of
 * a charger stays for ever and with it the stream's first sequence. Kept in a bucket of its own, one key.
 *
 * Invariants:
 * 1. The mark only grows.
 * 2. It is raised before anything is purged, so nothing is ever missing above it.
 */
import { BusError } from '../errors.ts';
import type { KeyValue } from '../ports.ts';

const KEY = 'before';
const ATTEMPTS_MAX = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The mark of one journal; its bucket is opened at first use. */
export class TrimMark {
  readonly #open: () => Promise<KeyValue>;
  #bucket: KeyValue | undefined;

  constructor(open: () => Promise<KeyValue>) {
    this.#open = open;
  }

  /** The mark, 1 when nothing was ever trimmed. */
  async read(): Promise<number> {
    const entry = await (await this.#kv()).get(KEY);
    return entry === undefined ? 1 : Number(decoder.decode(entry.value));
  }

  /** Raises the mark to `before`; one that stands higher stays. */
  async raise(before: number): Promise<void> {
    const bucket = await this.#kv();
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const entry = await bucket.get(KEY);
      if (entry !== undefined && Number(decoder.decode(entry.value)) >= before) return;
      const written = await bucket.update(KEY, encoder.encode(String(before)), entry?.revision ?? 0);
      if (written !== undefined) return;
    }
    throw new BusError('unavailable', `the trim mark was overtaken ${ATTEMPTS_MAX} times`);
  }

  async #kv(): Promise<KeyValue> {
    this.#bucket ??= await this.#open();
    return this.#bucket;
  }
}
