/** What holds while the bus is away and afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../src/index.ts';
import { type BusHarness, bytes, fresh, journalOptions, settled, text, until } from './harness.ts';

export function outageContract(start: () => Promise<BusHarness>): void {
  describe('outage', () => {
    let harness: BusHarness;
    let a: Bus;
    let b: Bus;

    beforeAll(async () => {
      harness = await start();
      a = await harness.connect('a');
      b = await harness.connect('b');
    });
    afterAll(() => harness.stop());

    it('tells disconnected and connected in turn, once each', async () => {
      const seen: string[] = [];
      const subscription = a.onStatus((status) => seen.push(status));
      expect(a.status()).toBe('connected');
      const reconnects = a.stats().reconnects;
      await harness.outage();
      expect(a.status()).toBe('disconnected');
      await harness.recover();
      expect(a.status()).toBe('connected');
      await harness.outage();
      await harness.recover();
      await harness.pass(50);
      expect(seen).toEqual(['disconnected', 'connected', 'disconnected', 'connected']);
      expect(a.stats().reconnects).toBe(reconnects + 2);
      subscription.unsubscribe();
      await harness.outage();
      await harness.recover();
      expect(seen).toHaveLength(4);
    });

    it('loses a publish while away without an error, and keeps subscriptions', async () => {
      const subject = fresh('away.');
      const seen: string[] = [];
      b.subscribe(subject, (message) => seen.push(text(message.data)));
      await b.flush();
      a.publish(subject, bytes('before'));
      await until(harness, 'the first arrived', () => seen.length === 1);
      await harness.outage();
      const dropped = a.stats().publishesDropped;
      a.publish(subject, bytes('lost'));
      expect(a.stats().publishesDropped).toBe(dropped + 1);
      await harness.recover();
      await b.flush();
      a.publish(subject, bytes('after'));
      await until(harness, 'the later one arrived', () => seen.length === 2);
      await harness.pass(30);
      expect(seen).toEqual(['before', 'after']);
    });

    it('rejects requests, writes, reads and flush while away', async () => {
      const root = fresh('journal');
      const log = await a.journal(journalOptions(root));
      const kv = await a.keyValue({ bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 });
      await harness.outage();
      const subject = `${root}.t.c.state`;
      const record = { body: bytes('x'), headers: {} };
      const attempts: Promise<unknown>[] = [
        a.request('any.thing', bytes(''), 60_000),
        log.append(subject, record, 0),
        log.record(subject, record, 'id'),
        log.readLast(subject),
        log.lastSequence(),
        kv.put('k', bytes('x')),
        kv.update('k', bytes('x'), 0),
        kv.get('k'),
        kv.delete('k'),
        a.flush(),
      ];
      const ends = (await settled(harness, Promise.allSettled(attempts))).value ?? [];
      expect(ends).toHaveLength(10);
      for (const end of ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'disconnected', retryable: true } });
      }
      await harness.recover();
      expect(await log.lastSequence()).toBe(0);
      expect(await log.append(subject, record, 0)).toEqual({ kind: 'appended', sequence: 1 });
      expect(a.stats()).toMatchObject({ pendingAcks: 0, pendingRequests: 0 });
    });

    it('rejects a request under way when the bus goes', async () => {
      const subject = fresh('hold.');
      b.subscribe(subject, () => {});
      await b.flush();
      const asked = settled(harness, a.request(subject, bytes(''), 60_000));
      await a.flush();
      await harness.outage();
      expect((await asked).error).toMatchObject({ code: 'disconnected' });
      await harness.recover();
    });

    it('keeps everything that was acknowledged', async () => {
      const root = fresh('journal');
      const log = await a.journal(journalOptions(root));
      const kv = await a.keyValue({ bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 });
      for (let index = 0; index < 50; index += 1) {
        await log.append(`${root}.t.c${index}.state`, { body: bytes(String(index)), headers: { H: 'v' } }, 0);
      }
      await kv.put('k', bytes('value'));
      await harness.outage();
      await harness.recover();
      expect(await log.lastSequence()).toBe(50);
      for (let index = 0; index < 50; index += 1) {
        const tail = await log.readLast(`${root}.t.c${index}.state`);
        expect(text(tail.record?.body)).toBe(String(index));
        expect(tail.record?.headers).toEqual({ H: 'v' });
      }
      expect(text((await kv.get('k'))?.value)).toBe('value');
    });

    it('shows a watcher afterwards what it missed, deletions included', async () => {
      const options = { bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 100 };
      const kv = await a.keyValue(options);
      const other = await b.keyValue(options);
      await kv.put('a', bytes('1'));
      await kv.put('b', bytes('2'));
      const seen: string[] = [];
      await other.watch(
        '>',
        (change) => seen.push(`${change.key}=${change.value === undefined ? 'deleted' : text(change.value)}`),
        () => seen.push('ready'),
      );
      await until(harness, 'ready', () => seen.includes('ready'));
      await harness.outage();
      await harness.recover();
      await kv.delete('a');
      await kv.put('c', bytes('3'));
      await until(harness, 'both came soon', () => seen.includes('a=deleted') && seen.includes('c=3'), 1_500);
      expect(seen).toEqual(['a=1', 'b=2', 'ready', 'a=deleted', 'c=3']);
    });

    it('goes on consuming in order without a gap', async () => {
      const root = fresh('journal');
      const log = await a.journal(journalOptions(root));
      const other = await b.journal(journalOptions(root));
      const seen: number[] = [];
      await other.consume(`${root}.>`, 1, async (stored) => {
        seen.push(stored.sequence);
        await Promise.resolve();
      });
      for (let index = 0; index < 300; index += 1)
        void log.record(`${root}.t.c.meter`, { body: bytes('x'), headers: {} }, `a${index}`);
      await until(harness, 'the first are stored', () => a.stats().pendingAcks === 0);
      await harness.outage();
      await harness.recover();
      for (let index = 0; index < 300; index += 1)
        void log.record(`${root}.t.c.meter`, { body: bytes('x'), headers: {} }, `b${index}`);
      await until(harness, 'the last came', () => seen.includes(600), 15_000);
      const firsts = seen.filter((sequence, index) => seen.indexOf(sequence) === index);
      expect(firsts).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    });

    it('can be closed while away', async () => {
      const c = await harness.connect('leaving');
      const seen: string[] = [];
      c.onStatus((status) => seen.push(status));
      await harness.outage();
      await c.close();
      expect(c.status()).toBe('closed');
      await harness.recover();
      expect(seen).toEqual(['disconnected', 'closed']);
    });
  });
}
