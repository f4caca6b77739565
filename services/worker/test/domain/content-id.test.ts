import { describe, expect, it } from 'vitest';
import { contentId, contentUuid } from '../../src/domain/content-id.ts';
import { transactionKey2x, transactionKey16, unmatchedKey16 } from '../../src/domain/transaction-key.ts';

const owner = { tenant: 'default', chargerId: 'CP-1' };

describe('names made from content', () => {
  it('keep the borders between parts and tell nothing from the word', () => {
    const ids = [
      contentId('a', 'bc'),
      contentId('ab', 'c'),
      contentId('abc'),
      contentId('abc', undefined),
      contentId('abc', 'undefined'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are short and fit for ids: golden values, because stored events carry them', () => {
    expect(contentId('a', 1, 9223372036854775807n, true, undefined)).toBe('mAha-vLyGj2cZf3fYD8eFP');
    expect(contentUuid('a', 1)).toBe('1d48e495-8ca5-8ea7-ac85-02862be0c1db');
  });

  it('are UUIDs of version 8', () => {
    for (let i = 0; i < 64; i++) {
      expect(contentUuid(i)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});

describe('transaction keys', () => {
  it('differ by tenant, charger, version family, id and count', () => {
    const keys = [
      transactionKey16(owner, '7', 1),
      transactionKey16(owner, '7', 2),
      transactionKey16(owner, '8', 1),
      transactionKey16({ ...owner, tenant: 'other' }, '7', 1),
      transactionKey16({ ...owner, chargerId: 'CP-2' }, '7', 1),
      transactionKey2x(owner, '7'),
      unmatchedKey16(owner, '7'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('do not depend on the case of the charger’s identity', () => {
    expect(transactionKey2x({ ...owner, chargerId: 'cp-1' }, 'x')).toBe(transactionKey2x(owner, 'x'));
  });
});
