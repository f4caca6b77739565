/**
 * What happened, in order, with virtual time: hashed as it goes, kept as text only for the charger somebody asks about. The hash
 * of a run is a function of its seed and options, whatever is kept.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '@voltlane/time';

/** Characters hashed at a time. */
const CHUNK_CHARS = 65_536;

/** Whose lines are kept, and how many. */
export interface TraceFocus {
  /** Charger whose lines are kept beside those of no charger; undefined keeps all. */
  readonly charger: string | undefined;
  readonly linesMax: number;
}

/** The trace of one run. */
export class Trace {
  readonly #clock: Clock;
  readonly #focus: TraceFocus | undefined;
  readonly #hash: ReturnType<typeof createHash> = createHash('sha256');
  #pending = '';
  #lines: string[] = [];
  #count = 0;
  #frozen = false;

  constructor(clock: Clock, focus?: TraceFocus) {
    this.#clock = clock;
    this.#focus = focus;
  }

  /** Lines so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds a line; `detail` is for readers and not hashed. */
  note(charger: string | undefined, text: string, detail?: () => string): void {
    this.#count += 1;
    const line = `${this.#clock.monotonicMs()} ${text}`;
    this.#pending += `${line}\n`;
    if (this.#pending.length > CHUNK_CHARS) this.#flush();
    this.#keep(charger, line, detail);
  }

  #keep(charger: string | undefined, line: string, detail: (() => string) | undefined): void {
    const focus = this.#focus;
    if (focus === undefined || this.#frozen) return;
    if (focus.charger !== undefined && charger !== undefined && charger !== focus.charger) return;
    this.#lines.push(detail === undefined ? line : `${line} ${detail()}`);
    if (this.#lines.length > 2 * focus.linesMax) this.#lines = this.#lines.slice(-focus.linesMax);
  }

  /** Keeps a line for readers only. */
  keep(charger: string | undefined, text: string, detail: () => string): void {
    this.#keep(charger, `${this.#clock.monotonicMs()} ${text}`, detail);
  }

  /** True when `detail` is wanted. */
  get kept(): boolean {
    return this.#focus !== undefined;
  }

  /** Keeps no further line: what follows the first violation only hides it. */
  freeze(): void {
    this.#frozen = true;
  }

  /** The newest kept lines, oldest first. */
  lines(): readonly string[] {
    return this.#lines.slice(-(this.#focus?.linesMax ?? 0));
  }

  /** The hash so far. */
  hash(): string {
    this.#flush();
    return this.#hash.copy().digest('hex').slice(0, 32);
  }

  #flush(): void {
    this.#hash.update(this.#pending);
    this.#pending = '';
  }
}

/** A short name of some bytes. */
export function bytesName(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < bytes.length; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  return hash >>> 0;
}
