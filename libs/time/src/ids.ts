/** Ids made of random or of time and random: safe in NATS subjects, file names and URLs, and free of look-alike letters. */
import type { Random } from './random.ts';

/** Crockford's base 32 in lower case: sorts like the numbers it writes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 45 bits of milliseconds: good until the year 3084. */
const TIME_CHARS = 9;

/** `chars` random characters, 5 bits each: 16 for a process, 26 for what must be unguessable. */
export function randomId(random: Random, chars: number): string {
  if (!(Number.isInteger(chars) && chars > 0))
    throw new RangeError(`an id has a whole number of characters above 0, got ${chars}`);
  const bytes = random.bytes(chars);
  let id = '';
  for (const byte of bytes) id += ALPHABET.charAt(byte & 31);
  return id;
}

/** Nine characters of wall time, then `randomChars` of random: ids sort by the millisecond they were made in. */
export function sortableId(nowMs: number, random: Random, randomChars: number): string {
  if (!(nowMs >= 0 && nowMs < 2 ** 45)) throw new RangeError(`an id takes ms since 1970 below 2^45, got ${nowMs}`);
  let rest = Math.floor(nowMs);
  let time = '';
  for (let index = 0; index < TIME_CHARS; index += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + randomId(random, randomChars);
}
