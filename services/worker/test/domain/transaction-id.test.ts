import { describe, expect, it } from 'vitest';
import { createTransactionIds, TRANSACTION_IDS_MAX } from '../../src/domain/transaction-id.ts';

const key = new Uint8Array(32).fill(7);

describe('1.6 transaction ids', () => {
  it('are positive 31-bit integers and never repeat for a charger', () => {
    const idFor = createTransactionIds(key, 'default', 'CP1');
    const seen = new Set<number>();
    for (let count = 0; count < 20_000; count += 1) {
      const id = idFor(count);
      expect(Number.isInteger(id) && id > 0 && id < 2 ** 31).toBe(true);
      seen.add(id);
    }
    expect(seen.size).toBe(20_000);
  });

  it('stay what they are: a charger goes on counting after an upgrade', () => {
    expect([0, 1, 2].map(createTransactionIds(key, 'default', 'CP1'))).toEqual([719_979_707, 985_280_319, 117_723_794]);
  });

  it('stay in range at the far end of the counter', () => {
    const idFor = createTransactionIds(key, 'default', 'CP1');
    expect(idFor(TRANSACTION_IDS_MAX - 1)).toBeGreaterThan(0);
    expect(idFor(TRANSACTION_IDS_MAX - 1)).toBeLessThanOrEqual(TRANSACTION_IDS_MAX);
  });

  it('are the same for the same charger in any letter case, and after a restart', () => {
    const one = createTransactionIds(key, 'default', 'CP1');
    const again = createTransactionIds(key, 'default', 'cp1');
    expect([1, 2, 3].map(again)).toEqual([1, 2, 3].map(one));
  });

  it('say nothing about the next one, or about another charger', () => {
    const one = createTransactionIds(key, 'default', 'CP1');
    const other = createTransactionIds(key, 'default', 'CP2');
    const otherKey = createTransactionIds(new Uint8Array(32).fill(8), 'default', 'CP1');
    const steps = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((count) => one(count + 1) - one(count)));
    expect(steps.size).toBe(8);
    expect(one(1)).not.toBe(other(1));
    expect(one(1)).not.toBe(otherKey(1));
  });
});
