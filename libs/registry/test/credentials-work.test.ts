/** The work of a password check is counted, not timed: a shared machine is no stop-watch. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { createSeededRandom } from '@voltlane/time';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { storePassword, verifyPassword } from '../src/index.ts';

const hashes = vi.spyOn(crypto, 'createHmac');
const comparisons = vi.spyOn(crypto, 'timingSafeEqual');
// Whoever imported them by name is counted, too.
syncBuiltinESMExports();

afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const KEY = Buffer.from('00ff10a9b8c7d6e5f4031221304f5e6d7c8b9aff', 'hex');
const stored = storePassword(KEY.toString('hex'), createSeededRandom(1));

describe('a password check', () => {
  beforeEach(() => {
    hashes.mockClear();
    comparisons.mockClear();
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
    expect(hashes).toHaveBeenCalledTimes(2);
    expect(comparisons).toHaveBeenCalledTimes(2);
  });
});
