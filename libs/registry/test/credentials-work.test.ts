/** The work of a password check is counted, not timed: a shared machine is no stop-watch. */
import type * as Crypto from 'node:crypto';
import { createSeededRandom } from '@voltlane/time';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { storePassword, verifyPassword } from '../src/index.ts';

const work = vi.hoisted(() => ({ hashes: 0, comparisons: 0 }));

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof Crypto>();
  const createHmac: typeof crypto.createHmac = (algorithm, key) => {
    work.hashes += 1;
    return crypto.createHmac(algorithm, key);
  };
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    work.comparisons += 1;
    return crypto.timingSafeEqual(a, b);
  };
  return { ...crypto, createHmac, timingSafeEqual };
});

const KEY = Buffer.from('00ff10a9b8c7d6e5f4031221304f5e6d7c8b9aff', 'hex');
const stored = storePassword(KEY.toString('hex'), createSeededRandom(1));

describe('a password check', () => {
  beforeEach(() => {
    work.hashes = 0;
    work.comparisons = 0;
  });

  it.each([
    ['of the right bytes', stored, KEY],
    ['of the right hex digits', stored, Buffer.from(KEY.toString('hex'))],
    ['of a wrong password', stored, Buffer.from('wrong password 1')],
    ['of nothing', stored, Buffer.alloc(0)],
    ['of far too much', stored, Buffer.alloc(10_000)],
    ['for an unknown charger', undefined, Buffer.from('wrong password 1')],
    ['of hex digits for an unknown charger', undefined, Buffer.from(KEY.toString('hex'))],
  ])('%s takes two hashes and two comparisons', (_what, record, presented) => {
    verifyPassword(record, presented);
    expect(work).toEqual({ hashes: 2, comparisons: 2 });
  });
});
