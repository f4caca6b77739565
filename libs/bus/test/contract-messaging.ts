/** The promises of `Messaging`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../src/index.ts';
import { type BusHarness, bytes, fresh, settled, text, until } from './harness.ts';

export function messagingContract(start: () => Promise<BusHarness>): void {
  describe('messaging', () => {
    let harness: BusHarness;
    let a: Bus;
    let b: Bus;

    beforeAll(async () => {
      harness = await start();
      a = await harness.connect('a');
      b = await harness.connect('b');
    });
    afterAll(() => harness.stop());

    it('delivers the messages of one publisher on one subject in order, each once per subscriber', async () => {
      const subject = fresh('order.');
      const first: string[] = [];
      const second: string[] = [];
      a.subscribe(subject, (message) => first.push(text(message.data)));
      a.subscribe(subject, (message) => second.push(text(message.data)));
      await a.flush();
      const sent = Array.from({ length: 2_000 }, (_, index) => String(index));
      for (const item of sent) b.publish(subject, bytes(item));
      await until(harness, 'all arrived', () => first.length >= sent.length && second.length >= sent.length);
      await harness.pass(20);
      expect(first).toEqual(sent);
      expect(second).toEqual(sent);
    });

    it('never calls a handler inside publish', async () => {
      const subject = fresh('later.');
      let received = 0;
      a.subscribe(subject, () => (received += 1));
      await a.flush();
      a.publish(subject, bytes('x'));
      expect(received).toBe(0);
      await until(harness, 'it arrived', () => received === 1);
    });

    it('tells subject, data and reply', async () => {
      const subject = fresh('fields.');
      const seen: unknown[] = [];
      a.subscribe(subject, (m) => seen.push([m.subject, text(m.data), m.reply, m.noResponders]));
      await a.flush();
      b.publish(subject, bytes('one'));
      b.publish(subject, bytes(''), 'answer.here');
      await until(harness, 'both arrived', () => seen.length === 2);
      expect(seen).toEqual([
        [subject, 'one', undefined, false],
        [subject, '', 'answer.here', false],
      ]);
    });

    it('matches one token by * and the rest by >', async () => {
      const root = fresh('wild');
      const star: string[] = [];
      const rest: string[] = [];
      a.subscribe(`${root}.*.c`, (m) => star.push(m.subject));
      a.subscribe(`${root}.>`, (m) => rest.push(m.subject));
      await a.flush();
      for (const tail of ['b.c', 'b.x', 'b.b.c', 'b']) b.publish(`${root}.${tail}`, bytes(''));
      b.publish(root, bytes(''));
      await until(harness, 'four arrived', () => rest.length === 4);
      await harness.pass(20);
      expect(star).toEqual([`${root}.b.c`]);
      expect(rest).toEqual([`${root}.b.c`, `${root}.b.x`, `${root}.b.b.c`, `${root}.b`]);
    });

    it('gives each message to one member of a queue group, and to everybody without one', async () => {
      const subject = fresh('group.');
      const counts = { one: 0, two: 0, other: 0, plain: 0 };
      a.subscribe(subject, () => (counts.one += 1), 'workers');
      b.subscribe(subject, () => (counts.two += 1), 'workers');
      b.subscribe(subject, () => (counts.other += 1), 'others');
      a.subscribe(subject, () => (counts.plain += 1));
      await a.flush();
      await b.flush();
      for (let index = 0; index < 200; index += 1) a.publish(subject, bytes(''));
      await until(harness, 'all arrived', () => counts.plain === 200 && counts.other === 200);
      await until(harness, 'the group got all', () => counts.one + counts.two >= 200);
      await harness.pass(20);
      expect(counts.one + counts.two).toBe(200);
      expect(Math.min(counts.one, counts.two)).toBeGreaterThan(0);
    });

    it('says noResponders to the reply subject when nobody listens, and only then', async () => {
      const inbox = fresh('inbox.');
      const heard: unknown[] = [];
      a.subscribe(`${inbox}.*`, (m) => heard.push([m.subject, m.noResponders, m.data.length, m.reply]));
      const busy = fresh('busy.');
      b.subscribe(busy, () => {});
      await a.flush();
      await b.flush();
      a.publish(fresh('nobody.'), bytes('x'), `${inbox}.1`);
      a.publish(busy, bytes('x'), `${inbox}.2`);
      await until(harness, 'the answer came', () => heard.length > 0);
      await harness.pass(20);
      expect(heard).toEqual([[`${inbox}.1`, true, 0, undefined]]);
    });

    it('takes an empty message for a message, not for noResponders', async () => {
      const subject = fresh('empty.');
      const heard: boolean[] = [];
      a.subscribe(subject, (m) => heard.push(m.noResponders));
      await a.flush();
      b.publish(subject, bytes(''));
      await until(harness, 'it arrived', () => heard.length === 1);
      expect(heard).toEqual([false]);
    });

    it('hands nothing over after unsubscribe', async () => {
      const subject = fresh('stop.');
      const seen: string[] = [];
      const all: string[] = [];
      const subscription = a.subscribe(subject, (m) => {
        seen.push(text(m.data));
        if (seen.length === 2) subscription.unsubscribe();
      });
      a.subscribe(subject, (m) => all.push(text(m.data)));
      await a.flush();
      for (const item of ['1', '2', '3', '4']) b.publish(subject, bytes(item));
      await until(harness, 'the other got all', () => all.length === 4);
      expect(seen).toEqual(['1', '2']);
      subscription.unsubscribe();
    });

    it('reports a handler that throws and lets the subscription live on', async () => {
      const subject = fresh('throws.');
      let calls = 0;
      a.subscribe(subject, () => {
        calls += 1;
        throw new Error(`bad handler ${calls}`);
      });
      await a.flush();
      const before = harness.handlerErrors.length;
      const counted = a.stats().handlerErrors;
      b.publish(subject, bytes(''));
      b.publish(subject, bytes(''));
      await until(harness, 'both were reported', () => harness.handlerErrors.length === before + 2);
      expect(harness.handlerErrors.slice(before).map((entry) => entry.subject)).toEqual([subject, subject]);
      expect(a.stats().handlerErrors).toBe(counted + 2);
    });

    it('answers a request', async () => {
      const subject = fresh('ask.');
      b.subscribe(subject, (m) => b.publish(m.reply ?? 'none', bytes(`${text(m.data)}!`)));
      await b.flush();
      const answer = await settled(harness, a.request(subject, bytes('ping'), 5_000));
      expect(text(answer.value)).toBe('ping!');
      expect(a.stats().pendingRequests).toBe(0);
    });

    it('rejects a request nobody answers with timeout, and one nobody hears with no-responders', async () => {
      const subject = fresh('silent.');
      b.subscribe(subject, () => {});
      await b.flush();
      expect(await settled(harness, a.request(subject, bytes(''), 60))).toMatchObject({
        error: { name: 'BusError', code: 'timeout', retryable: true },
      });
      expect(await settled(harness, a.request(fresh('void.'), bytes(''), 60_000))).toMatchObject({
        error: { name: 'BusError', code: 'no-responders' },
      });
      expect(a.stats().pendingRequests).toBe(0);
    });

    it('keeps many requests at once apart', async () => {
      const subject = fresh('echo.');
      b.subscribe(subject, (m) => b.publish(m.reply ?? 'none', m.data.slice()));
      await b.flush();
      const asked = Array.from({ length: 500 }, (_, index) => a.request(subject, bytes(String(index)), 5_000));
      const answers = await settled(harness, Promise.all(asked));
      expect(answers.value?.map(text)).toEqual(asked.map((_, index) => String(index)));
    });

    it('refuses subjects it cannot carry and messages above its limit', () => {
      for (const subject of ['', 'a..b', '.a', 'a.', 'a b', 'a.*', 'a.>', 'a\r\nPUB x', 'a\tb']) {
        expect(() => a.publish(subject, bytes(''))).toThrow(/not a subject/);
        expect(() => a.publish('fine', bytes(''), subject)).toThrow(/not a subject/);
      }
      for (const filter of ['', 'a..b', 'a.>.b', 'a b', 'a*', 'x.b>']) {
        expect(() => a.subscribe(filter, () => {})).toThrow(/not a subject filter/);
      }
      expect(() => a.publish('fine', new Uint8Array(a.payloadBytesMax + 1))).toThrow(/above the bus's/);
    });

    it('carries a message of the largest size', async () => {
      const subject = fresh('large.');
      let length = 0;
      a.subscribe(subject, (m) => (length = m.data.length));
      await a.flush();
      b.publish(subject, new Uint8Array(b.payloadBytesMax));
      await until(harness, 'it arrived', () => length > 0);
      expect(length).toBe(b.payloadBytesMax);
    });

    it('counts what it did', async () => {
      const c = await harness.connect('counting');
      const subject = fresh('count.');
      const subscription = c.subscribe(subject, () => {});
      await c.flush();
      c.publish(subject, bytes('12345'));
      await until(harness, 'it was delivered', () => c.stats().deliveries === 1);
      expect(c.stats()).toMatchObject({ publishes: 1, publishedBytes: 5, deliveredBytes: 5, subscriptions: 1 });
      subscription.unsubscribe();
      expect(c.stats().subscriptions).toBe(0);
      await c.close();
    });

    it('is closed after close: publishes are lost, subscribing throws, requests reject', async () => {
      const c = await harness.connect('closing');
      const statuses: string[] = [];
      c.onStatus((status) => statuses.push(status));
      const subject = fresh('closed.');
      let received = 0;
      c.subscribe(subject, () => (received += 1));
      const listener: string[] = [];
      a.subscribe(subject, (m) => listener.push(text(m.data)));
      await c.flush();
      await a.flush();
      c.publish(subject, bytes('before'));
      const pending = settled(harness, c.request(fresh('never.') + '.x', bytes(''), 60_000));
      await c.close();
      await until(harness, 'what was published before arrived', () => listener.length === 1);
      expect((await pending).error).toMatchObject({ name: 'BusError' });
      expect(c.status()).toBe('closed');
      expect(statuses).toEqual(['closed']);
      c.publish(subject, bytes('after'));
      expect(() => c.subscribe(subject, () => {})).toThrow(/closed/);
      expect((await settled(harness, c.request(subject, bytes(''), 1_000))).error).toMatchObject({
        code: 'closed',
        retryable: false,
      });
      await c.close();
      await harness.pass(20);
      expect(listener).toEqual(['before']);
    });
  });
}
