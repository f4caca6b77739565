/** What a key, a key filter and a bucket name may be; the same on both adapters. Pure. */
import { BusError } from './errors.ts';

const KEY = /^[A-Za-z0-9_=%/-]+(?:\.[A-Za-z0-9_=%/-]+)*$/;
const FILTER_TOKEN = /^(?:[A-Za-z0-9_=%/-]+|\*)$/;
const BUCKET = /^[A-Za-z0-9_-]+$/;

/** Throws BusError `bad-subject` unless `key` is a key. */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new BusError('bad-subject', `not a key: ${JSON.stringify(key)}`);
}

/** Throws BusError `bad-subject` unless `filter` is a key with wildcards allowed. */
export function checkKeyFilter(filter: string): void {
  const tokens = filter.split('.');
  for (const [index, token] of tokens.entries()) {
    if (FILTER_TOKEN.test(token) || (token === '>' && index === tokens.length - 1)) continue;
    throw new BusError('bad-subject', `not a key filter: ${JSON.stringify(filter)}`);
  }
}

/** Throws BusError `bad-subject` unless `name` can name a bucket or a journal. */
export function checkStoreName(name: string): void {
  if (!BUCKET.test(name)) throw new BusError('bad-subject', `not a bucket or journal name: ${JSON.stringify(name)}`);
}
