/** The promises of `Journal` to readers that want the present first, or read on where they stopped. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus, Journal, JournalOptions } from '../src/index.ts';
import { type BusHarness, bytes, fresh, journalOptions, text, until } from './harness.ts';

export function journalNewestContract(start: () => Promise<BusHarness>): void {
  describe('journal, the newest first', () => {
    let harness: BusHarness;
    let a: Bus;
    let b: Bus;

    beforeAll(async () => {
      harness = await start();
      a = await harness.connect('a');
      b = await harness.connect('b');
    });
    afterAll(() => harness.stop());

    async function journal(change: Partial<JournalOptions> = {}): Promise<{
      log: Journal;
      other: Journal;
      states: string;
      write: (charger: string, body: string) => Promise<void>;
      meter: (body: string) => Promise<void>;
    }> {
      const root = fresh('journal');
      const options = journalOptions(root, change);
      const log = await a.journal(options);
      return {
        log,
        other: await b.journal(options),
        states: `${root}.*.*.state`,
        write: async (charger, body) => {
          const subject = `${root}.t.${charger}.state`;
          const { expectedSequence } = await log.readLast(subject);
          await log.append(subject, { body: bytes(body), headers: {} }, expectedSequence);
        },
        meter: async (body) =>
          void (await log.record(`${root}.t.m.meter`, { body: bytes(body), headers: {} }, fresh('id'))),
      };
    }

    it('gives the newest record of each subject, says that it is ready, then gives every later one', async () => {
      const { other, states, write, meter } = await journal();
      for (const [charger, body] of ['a1', 'b1', 'a2', 'c1', 'b2', 'b3'].map((name) => [name.slice(0, 1), name])) {
        await write(charger ?? '', body ?? '');
        await meter('telemetry');
      }
      const seen: string[] = [];
      await other.consumeNewest(
        states,
        (stored) => void seen.push(text(stored.body)),
        () => seen.push('ready'),
      );
      await until(harness, 'ready', () => seen.includes('ready'));
      for (const body of ['c2', 'c3', 'a3']) await write(body.slice(0, 1), body);
      await until(harness, 'the last came', () => seen.includes('a3'));
      expect(seen).toEqual(['a2', 'c1', 'b3', 'ready', 'c2', 'c3', 'a3']);
    });

    it('is ready at once where there is nothing, and misses nothing afterwards', async () => {
      const { other, states, write, meter } = await journal();
      await meter('telemetry');
      const seen: string[] = [];
      await other.consumeNewest(
        states,
        (stored) => void seen.push(text(stored.body)),
        () => seen.push('ready'),
      );
      await until(harness, 'ready', () => seen.includes('ready'));
      await harness.outage();
      await harness.recover();
      for (const body of ['a1', 'a2', 'a3']) await write('a', body);
      await until(harness, 'the last came', () => seen.includes('a3'));
      expect(seen).toEqual(['ready', 'a1', 'a2', 'a3']);
    });

    it('gives nothing older than it gave, and the newest in any case, when the bus goes in the first part', async () => {
      const { other, states, write } = await journal();
      for (const body of ['a1', 'b1', 'c1', 'c2', 'b2', 'b3', 'd1', 'a2']) await write(body.slice(0, 1), body);
      let release: () => void = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const seen: string[] = [];
      await other.consumeNewest(
        states,
        (stored) => {
          seen.push(text(stored.body));
          return seen.length === 1 ? held : undefined;
        },
        () => seen.push('ready'),
      );
      await until(harness, 'the first came', () => seen.length === 1);
      await harness.outage();
      await harness.recover();
      await write('d', 'd2');
      release();
      await until(harness, 'ready', () => seen.includes('ready') && seen.includes('d2'), 10_000);
      await write('d', 'd3');
      await until(harness, 'the last came', () => seen.includes('d3'));
      const told = seen.filter((word) => word !== 'ready' && word !== 'd1' && word !== 'd2');
      expect(told).toEqual(['c2', 'b3', 'a2', 'd3']);
      expect(seen.indexOf('a2')).toBeLessThan(seen.indexOf('ready'));
    });

    it('gives every record of the time it was away, once it was ready', async () => {
      const { other, states, write } = await journal();
      await write('a', 'a1');
      const seen: string[] = [];
      await other.consumeNewest(
        states,
        (stored) => void seen.push(text(stored.body)),
        () => seen.push('ready'),
      );
      await until(harness, 'ready', () => seen.includes('ready'));
      await harness.outage();
      await harness.recover();
      for (const body of ['a2', 'b1', 'a3', 'a4']) await write(body.slice(0, 1), body);
      await until(harness, 'the last came', () => seen.includes('a4'));
      expect(seen).toEqual(['a1', 'ready', 'a2', 'b1', 'a3', 'a4']);
    });

    it('tells a reader from a sequence when it has all that was there', async () => {
      const { other, states, write, meter } = await journal();
      for (const body of ['a1', 'a2', 'b1']) await write(body.slice(0, 1), body);
      await meter('telemetry');
      const seen: string[] = [];
      await other.consume(
        states,
        2,
        (stored) => void seen.push(text(stored.body)),
        () => seen.push('caught up'),
      );
      await until(harness, 'it is told', () => seen.includes('caught up'));
      await write('b', 'b2');
      await until(harness, 'the last came', () => seen.includes('b2'));
      expect(seen).toEqual(['a2', 'b1', 'caught up', 'b2']);
      const nothing: string[] = [];
      await other.consume(
        states,
        7,
        (stored) => void nothing.push(text(stored.body)),
        () => nothing.push('caught up'),
      );
      await until(harness, 'it is told', () => nothing.includes('caught up'));
      expect(nothing).toEqual(['caught up']);
    });

    it('reads any part of its subjects: all of one charger, all of one tenant', async () => {
      const { log, other, states, write, meter } = await journal();
      await write('m', 's1');
      await meter('m1');
      await write('other', 'o1');
      await write('m', 's2');
      const root = states.split('.')[0] ?? '';
      for (const [filter, expected] of [
        [`${root}.t.m.*`, ['s1', 'm1', 's2']],
        [`${root}.t.*.*`, ['s1', 'm1', 'o1', 's2']],
        [`${root}.>`, ['s1', 'm1', 'o1', 's2']],
      ] as const) {
        const seen: string[] = [];
        const reader = await other.consume(filter, 1, (stored) => void seen.push(text(stored.body)));
        await until(harness, `all of ${filter} came`, () => seen.length === expected.length);
        expect(seen).toEqual(expected);
        reader.unsubscribe();
      }
      expect(await log.lastSequence()).toBe(4);
    });

    it('knows from where on nothing is missing, whoever trimmed', async () => {
      const { log, other, write, meter } = await journal({ maxAgeMs: harness.age.maxAgeMs });
      expect(await log.completeFrom()).toBe(1);
      await write('idle', 'i1');
      await meter('m1');
      await write('idle', 'i2');
      expect(await log.trim()).toBe(0);
      expect(await other.completeFrom()).toBe(1);
      await harness.pass(harness.age.expiredAfterMs);
      await meter('m2');
      expect(await log.trim()).toBe(2);
      expect(await other.completeFrom()).toBe(4);
      expect(await log.completeFrom()).toBe(4);
      await harness.pass(harness.age.expiredAfterMs);
      expect(await other.trim()).toBe(1);
      expect(await log.completeFrom()).toBe(5);
    });
  });
}
