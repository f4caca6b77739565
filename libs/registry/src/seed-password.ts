/** A plain password between a seed file and its hash. Can be neither printed nor turned into JSON by accident. */
import type { Random } from '@voltlane/time';
import { PASSWORD_BYTES_MAX, type StoredPassword, storePassword, verifyPassword } from './credentials.ts';

/** Holds a plain password until it is hashed. */
export class SeedPassword {
  readonly #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** A password of 1 to 255 bytes, or undefined. */
  static from(value: unknown): SeedPassword | undefined {
    if (typeof value !== 'string') return undefined;
    const bytes = Buffer.from(value, 'utf8');
    return bytes.length > 0 && bytes.length <= PASSWORD_BYTES_MAX ? new SeedPassword(bytes) : undefined;
  }

  /** What to store for it. */
  hash(random: Random): StoredPassword | undefined {
    return storePassword(this.#bytes.toString('utf8'), random);
  }

  /** True when it is what is stored already. */
  matches(stored: StoredPassword | undefined): boolean {
    return verifyPassword(stored, this.#bytes);
  }

  /** Says nothing. */
  toJSON(): string {
    return '(hidden)';
  }
}
