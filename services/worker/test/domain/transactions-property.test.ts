import { STATE_LIMITS } from '@voltlane/charger-state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Charger } from './context.ts';
import { charger, NOW, send } from './context.ts';

/** A whole transaction of `length` events, numbered from `first`. */
function transaction(length: number, first: number): Record<string, unknown>[] {
  return Array.from({ length }, (_, i) => ({
    eventType: i === 0 ? 'Started' : i === length - 1 ? 'Ended' : 'Updated',
    seqNo: first + i,
    timestamp: NOW,
    triggerReason: 'Trigger',
    transactionInfo: { transactionId: 'tx' },
  }));
}

/** A transaction, and the order in which its events arrive: each at least once, some again. */
function deliveries(lengthMax: number) {
  return fc
    .record({ length: fc.integer({ min: 2, max: lengthMax }), first: fc.integer({ min: 0, max: 1000 }) })
    .chain(({ length, first }) => {
      const all = Array.from({ length }, (_, i) => i);
      const again = fc.array(fc.integer({ min: 0, max: length - 1 }), { maxLength: 2 * length });
      return again
        .chain((repeated) => fc.shuffledSubarray([...all, ...repeated], { minLength: length + repeated.length }))
        .map((order) => ({ length, first, order }));
    });
}

function deliver({ length, first, order }: { length: number; first: number; order: number[] }): Charger {
  const events = transaction(length, first);
  const one = charger('2.0.1');
  for (const index of order) {
    send(one, 'TransactionEvent', events[index]);
    expect(one.state.open.length + one.state.ended.length).toBe(1);
    for (const { seen } of [...one.state.open, ...one.state.ended]) {
      expect(seen.length).toBeLessThanOrEqual(STATE_LIMITS.seenRangesMax);
    }
  }
  return one;
}

describe('a 2.x transaction in any order, with any repetitions', () => {
  it('is recorded once for each number, ends once and is complete', () => {
    fc.assert(
      // 31 events have at most 16 ranges: none is forgotten.
      fc.property(deliveries(2 * STATE_LIMITS.seenRangesMax - 1), (delivery) => {
        const one = deliver(delivery);
        const numbers = one.events.map((event) => Number(event.data['seqNo'])).sort((a, b) => a - b);
        expect(numbers).toEqual(Array.from({ length: delivery.length }, (_, i) => delivery.first + i));
        expect(new Set(one.events.map((event) => event.id)).size).toBe(one.events.length);
        expect(one.events.filter((event) => event.kind === 'transaction.ended')).toHaveLength(1);
        expect(one.events.some((event) => event.data['complete'] === true)).toBe(true);
        expect(one.state.open).toEqual([]);
        expect(one.state.ended[0]?.seen).toEqual([[delivery.first, delivery.first + delivery.length - 1]]);
      }),
    );
  });

  it('loses nothing where more gaps are open than are remembered: repetitions carry the same ids', () => {
    fc.assert(
      fc.property(deliveries(120), (delivery) => {
        const one = deliver(delivery);
        const numbers = new Set(one.events.map((event) => event.data['seqNo']));
        expect(numbers.size).toBe(delivery.length);
        expect(new Set(one.events.map((event) => event.id)).size).toBe(delivery.length);
      }),
    );
  });
});

describe('1.6 transactions in order, with any repetitions', () => {
  it('are started and ended once each, and nothing stays open', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ again: fc.integer({ min: 1, max: 3 }), stopAgain: fc.integer({ min: 1, max: 3 }) }), {
          maxLength: 20,
        }),
        (transactions) => {
          const one = charger('1.6');
          for (const [index, { again, stopAgain }] of transactions.entries()) {
            const start = { connectorId: 1, idTag: 'GOOD', meterStart: index * 10, timestamp: NOW };
            for (let i = 0; i < again; i++) send(one, 'StartTransaction', start);
            const stop = { transactionId: Number(one.state.open[0]?.id), meterStop: index * 10 + 5, timestamp: NOW };
            for (let i = 0; i < stopAgain; i++) send(one, 'StopTransaction', stop);
          }
          expect(one.events).toHaveLength(2 * transactions.length);
          expect(new Set(one.events.map((event) => event.id)).size).toBe(one.events.length);
          expect(one.state.open).toEqual([]);
        },
      ),
    );
  });
});
