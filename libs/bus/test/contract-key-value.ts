/** The promises of `KeyValue`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus, KeyValue, KvChange } from '../src/index.ts';
import { type BusHarness, bytes, fresh, settled, text, until } from './harness.ts';

/** A change in short: `key=value@revision`, or `key!@revision` for a deletion. */
function short(change: KvChange): string {
  return `${change.key}${change.value === undefined ? '!' : `=${text(change.value)}`}@${change.revision}`;
}

export function keyValueContract(start: () => Promise<BusHarness>): void {
  describe('key-value', () => {
    let harness: BusHarness;
    let a: Bus;
    let b: Bus;

    beforeAll(async () => {
      harness = await start();
      a = await harness.connect('a');
      b = await harness.connect('b');
    });
    afterAll(() => harness.stop());

    async function bucket(maxAgeMs: number = 0): Promise<{ kv: KeyValue; other: KeyValue }> {
      const options = { bucket: fresh('bucket'), maxAgeMs, valueBytesMax: 1_000 };
      return { kv: await a.keyValue(options), other: await b.keyValue(options) };
    }

    it('finds what was put, on every connection, with growing revisions', async () => {
      const { kv, other } = await bucket();
      expect(await kv.get('none')).toBeUndefined();
      expect(await kv.put('k', bytes('1'))).toBe(1);
      expect(await kv.put('l', bytes('2'))).toBe(2);
      expect(await other.put('k', bytes('3'))).toBe(3);
      const entry = await kv.get('k');
      expect([entry?.key, text(entry?.value), entry?.revision]).toEqual(['k', '3', 3]);
      expect(text((await other.get('l'))?.value)).toBe('2');
    });

    it('drops an entry without a trace, and only the one that was meant', async () => {
      const { kv, other } = await bucket();
      const first = await kv.put('k', bytes('1'));
      const second = await other.put('k', bytes('2'));
      await kv.drop('k', first);
      expect(text((await kv.get('k'))?.value)).toBe('2');
      await kv.drop('k', second);
      expect(await other.get('k')).toBeUndefined();
      expect(await kv.keys()).toEqual([]);
      await kv.drop('k', second);
      await kv.drop('never', 1_000);
      expect(await kv.update('k', bytes('3'), 0)).toBe(3);
      const seen: string[] = [];
      await kv.delete('gone');
      await kv.drop('k', 3);
      await kv.watch(
        '>',
        (change) => seen.push(short(change)),
        () => seen.push('ready'),
      );
      await until(harness, 'the watch is ready', () => seen.length > 0);
      expect(seen).toEqual(['ready']);
    });

    it('keeps an empty value as a value', async () => {
      const { kv } = await bucket();
      await kv.put('empty', bytes(''));
      expect((await kv.get('empty'))?.value.length).toBe(0);
      expect(await kv.keys()).toEqual(['empty']);
    });

    it('takes every key the port allows and refuses the others', async () => {
      const { kv } = await bucket();
      for (const key of ['a', 'A.b.C', 'x/y', 'x=y', 'x_y-z', '%2E.%20', '0']) {
        await kv.put(key, bytes(key));
        expect(text((await kv.get(key))?.value)).toBe(key);
      }
      for (const key of ['', '.', 'a.', '.a', 'a..b', 'a b', 'a*', '>', 'a.>', 'ä', 'a\nb']) {
        expect({ key, ...(await settled(harness, kv.put(key, bytes('')))) }).toMatchObject({
          key,
          error: { code: 'bad-subject' },
        });
        expect({ key, ...(await settled(harness, kv.get(key))) }).toMatchObject({
          key,
          error: { code: 'bad-subject' },
        });
      }
    });

    it('refuses a value above the limit', async () => {
      const { kv } = await bucket();
      await kv.put('fits', new Uint8Array(1_000));
      expect((await settled(harness, kv.put('k', new Uint8Array(1_001)))).error).toMatchObject({ code: 'too-large' });
      expect((await settled(harness, kv.update('k', new Uint8Array(1_001), 0))).error).toMatchObject({
        code: 'too-large',
      });
    });

    it('updates only from the expected revision', async () => {
      const { kv, other } = await bucket();
      const first = await kv.put('k', bytes('1'));
      const second = await kv.update('k', bytes('2'), first);
      expect(second).toBeGreaterThan(first);
      expect(await other.update('k', bytes('lost'), first)).toBeUndefined();
      expect(text((await kv.get('k'))?.value)).toBe('2');
    });

    it('creates with expected revision 0 only what does not exist, deleted included', async () => {
      const { kv } = await bucket();
      expect(await kv.update('k', bytes('1'), 0)).toBe(1);
      expect(await kv.update('k', bytes('2'), 0)).toBeUndefined();
      await kv.delete('k');
      expect(await kv.get('k')).toBeUndefined();
      expect(await kv.update('k', bytes('3'), 1)).toBeUndefined();
      expect(await kv.update('k', bytes('4'), 0)).toBe(3);
      expect(text((await kv.get('k'))?.value)).toBe('4');
    });

    it('lets exactly one of many concurrent updates win', async () => {
      const { kv, other } = await bucket();
      const results = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          (index % 2 === 0 ? kv : other).update('claim', bytes(String(index)), 0),
        ),
      );
      const winners = results.flatMap((revision, index) => (revision === undefined ? [] : [String(index)]));
      expect(winners).toHaveLength(1);
      expect(text((await kv.get('claim'))?.value)).toBe(winners[0]);
    });

    it('lists keys by filter, without the deleted', async () => {
      const { kv } = await bucket();
      expect(await kv.keys()).toEqual([]);
      for (const key of ['a.1', 'a.2', 'b.1', 'a.x.y']) await kv.put(key, bytes(key));
      await kv.delete('a.2');
      await kv.delete('never');
      expect((await kv.keys()).toSorted()).toEqual(['a.1', 'a.x.y', 'b.1']);
      expect(await kv.keys('a.*')).toEqual(['a.1']);
      expect((await kv.keys('a.>')).toSorted()).toEqual(['a.1', 'a.x.y']);
      expect(await kv.keys('c.>')).toEqual([]);
    });

    it('watches current values, says ready, then every change in revision order', async () => {
      const { kv, other } = await bucket();
      await kv.put('a', bytes('1'));
      await kv.put('gone', bytes('2'));
      await kv.put('b', bytes('3'));
      await kv.delete('gone');
      await kv.put('a', bytes('5'));
      const seen: string[] = [];
      const subscription = await other.watch(
        '>',
        (change) => seen.push(short(change)),
        () => seen.push('ready'),
      );
      await until(harness, 'ready', () => seen.includes('ready'));
      expect(seen).toEqual(['b=3@3', 'a=5@5', 'ready']);
      await kv.put('c', bytes('6'));
      await kv.delete('a');
      await kv.delete('c');
      await kv.put('c', bytes('9'));
      await until(harness, 'the last change came', () => seen.includes('c=9@9'));
      // Steps may be merged into the newest value of a key, but never reordered or invented.
      const later = seen.slice(3);
      const all = ['c=6@6', 'a!@7', 'c!@8', 'c=9@9'];
      expect(all.filter((change) => later.includes(change))).toEqual(later);
      expect(later).toContain('a!@7');
      subscription.unsubscribe();
      await kv.put('d', bytes('10'));
      await harness.pass(30);
      expect(seen).not.toContain('d=10@10');
    });

    it('is ready at once on an empty bucket, and watches only what matches', async () => {
      const { kv } = await bucket();
      await kv.put('x.1', bytes('no'));
      const seen: string[] = [];
      await kv.watch(
        'y.*',
        (change) => seen.push(short(change)),
        () => seen.push('ready'),
      );
      await until(harness, 'ready', () => seen.length > 0);
      await kv.put('x.2', bytes('no'));
      await kv.put('y.1', bytes('yes'));
      await until(harness, 'the change came', () => seen.length > 1);
      expect(seen).toEqual(['ready', 'y.1=yes@3']);
    });

    it('shows a watcher the newest value of each of many keys', async () => {
      const { kv } = await bucket();
      const values = new Map<string, string>();
      let ready = false;
      await Promise.all(Array.from({ length: 700 }, (_, index) => kv.put(`k.${index}`, bytes('old'))));
      await kv.watch(
        '>',
        (change) => values.set(change.key, text(change.value)),
        () => (ready = true),
      );
      await Promise.all(Array.from({ length: 700 }, (_, index) => kv.put(`k.${index}`, bytes('new'))));
      await until(harness, 'ready', () => ready);
      await until(
        harness,
        'all are new',
        () => [...values.values()].every((value) => value === 'new') && values.size === 700,
      );
      expect([...values.keys()].toSorted()).toEqual((await kv.keys()).toSorted());
    });

    it('forgets entries after their age', async () => {
      const { kv } = await bucket(harness.age.maxAgeMs);
      const revision = await kv.put('k', bytes('1'));
      expect(text((await kv.get('k'))?.value)).toBe('1');
      await harness.pass(harness.age.expiredAfterMs);
      expect(await kv.get('k')).toBeUndefined();
      expect(await kv.keys()).toEqual([]);
      expect(await kv.update('k', bytes('2'), revision)).toBeUndefined();
      expect(await kv.update('k', bytes('3'), 0)).toBe(2);
    });

    it('counts the age from the last write', async () => {
      const { kv } = await bucket(harness.age.maxAgeMs);
      await kv.put('k', bytes('1'));
      await harness.pass(harness.age.maxAgeMs * 0.6);
      await kv.put('k', bytes('2'));
      await harness.pass(harness.age.maxAgeMs * 0.6);
      expect(text((await kv.get('k'))?.value)).toBe('2');
    });

    it('refuses to open a bucket that exists with another age', async () => {
      const options = { bucket: fresh('bucket'), maxAgeMs: 0, valueBytesMax: 1_000 };
      await a.keyValue(options);
      const opened = await settled(harness, b.keyValue({ ...options, maxAgeMs: 60_000 }));
      expect(opened.error).toMatchObject({ code: 'config-mismatch' });
      expect(String(opened.error)).toContain(options.bucket);
    });
  });
}
