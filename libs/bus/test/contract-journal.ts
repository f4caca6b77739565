/** The promises of `Journal`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus, Journal, JournalOptions, StoredRecord } from '../src/index.ts';
import { type BusHarness, bytes, fresh, journalOptions, settled, text, until } from './harness.ts';

export function journalContract(start: () => Promise<BusHarness>): void {
  describe('journal', () => {
    let harness: BusHarness;
    let a: Bus;
    let b: Bus;

    beforeAll(async () => {
      harness = await start();
      a = await harness.connect('a');
      b = await harness.connect('b');
    });
    afterAll(() => harness.stop());

    async function journal(
      change: Partial<JournalOptions> = {},
    ): Promise<{ log: Journal; other: Journal; state: (charger: string) => string; meter: string; root: string }> {
      const root = fresh('journal');
      const options = journalOptions(root, change);
      return {
        log: await a.journal(options),
        other: await b.journal(options),
        state: (charger) => `${root}.t.${charger}.state`,
        meter: `${root}.t.c1.meter`,
        root,
      };
    }

    it('appends fenced by the last sequence of the subject, counting over the whole journal', async () => {
      const { log, state } = await journal();
      expect(await log.lastSequence()).toBe(0);
      expect(await log.append(state('c1'), record('one'), 0)).toEqual({ kind: 'appended', sequence: 1 });
      expect(await log.append(state('c2'), record('two'), 0)).toEqual({ kind: 'appended', sequence: 2 });
      expect(await log.append(state('c1'), record('three'), 1)).toEqual({ kind: 'appended', sequence: 3 });
      expect(await log.append(state('c1'), record('stale'), 1)).toEqual({ kind: 'conflict' });
      expect(await log.append(state('c1'), record('again'), 0)).toEqual({ kind: 'conflict' });
      expect(await log.append(state('c3'), record('ahead'), 7)).toEqual({ kind: 'conflict' });
      expect(await log.lastSequence()).toBe(3);
      expect(a.stats()).toMatchObject({ pendingAcks: 0 });
      expect(a.stats().appendConflicts).toBeGreaterThanOrEqual(3);
    });

    it('lets exactly one of two concurrent writers append each sequence', async () => {
      const { log, other, state } = await journal();
      const subject = state('fought');
      const write = async (writer: Journal, name: string): Promise<string[]> => {
        const mine: string[] = [];
        while (mine.length < 25) {
          const tail = await writer.readLast(subject);
          const body = `${name}${mine.length}`;
          const result = await writer.append(subject, record(body), tail.expectedSequence);
          if (result.kind === 'appended') mine.push(`${result.sequence}:${body}`);
        }
        return mine;
      };
      const [left, right] = await Promise.all([write(log, 'l'), write(other, 'r')]);
      const seen: string[] = [];
      await log.consume(subject, 1, (stored) => void seen.push(`${stored.sequence}:${text(stored.body)}`));
      await until(harness, 'all are read', () => seen.length === 50);
      expect([...left, ...right].toSorted()).toEqual(seen.toSorted());
      expect(seen.map((line) => Number(line.split(':')[0]))).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
    });

    it('stores nothing of an append that lost', async () => {
      const { log, state } = await journal();
      await log.append(state('c'), record('kept'), 0);
      await Promise.all(Array.from({ length: 20 }, () => log.append(state('c'), record('lost'), 0)));
      expect(await log.lastSequence()).toBe(1);
      expect(text((await log.readLast(state('c'))).record?.body)).toBe('kept');
    });

    it('gives body and headers back unchanged', async () => {
      const { log, other, state } = await journal();
      const body = Uint8Array.from({ length: 256 }, (_, index) => index);
      const headers = { 'Vl-State': 'eyJhIjoxfQ== x:y;{"z"}~!', 'vl-lower': 'l', Empty: '' };
      await log.append(state('c'), { body, headers }, 0);
      const tail = await other.readLast(state('c'));
      expect(tail.expectedSequence).toBe(1);
      expect(tail.record).toMatchObject({ subject: state('c'), sequence: 1, headers });
      expect([...(tail.record?.body ?? [])]).toEqual([...body]);
      let consumed: StoredRecord | undefined;
      await other.consume(state('c'), 1, (stored) => {
        consumed = stored;
      });
      await until(harness, 'it is consumed', () => consumed !== undefined);
      expect(consumed?.headers).toEqual(headers);
      expect([...(consumed?.body ?? [])]).toEqual([...body]);
      expect(consumed?.storedAtMs).toBe(tail.record?.storedAtMs);
      expect(tail.record?.storedAtMs).toBeGreaterThan(1_600_000_000_000);
    });

    it('takes an empty body and no headers', async () => {
      const { log, state } = await journal();
      await log.append(state('c'), { body: bytes(''), headers: {} }, 0);
      expect((await log.readLast(state('c'))).record).toMatchObject({ headers: {}, sequence: 1 });
    });

    it('refuses headers it could not carry unchanged', async () => {
      const { log, state } = await journal();
      for (const headers of [
        { 'Bad Name': 'x' },
        { 'Nats-Msg-Id': 'x' },
        { A: 'line\r\nB: y' },
        { A: ' x' },
        { A: 'ä' },
      ]) {
        const result = await settled(harness, log.append(state('c'), { body: bytes(''), headers }, 0));
        expect({ headers, ...result }).toMatchObject({ headers, error: { code: 'bad-subject' } });
      }
      expect(await log.lastSequence()).toBe(0);
    });

    it('refuses subjects it does not hold and records above the limit', async () => {
      const { log, root, state } = await journal();
      for (const subject of [`${root}.t.c.other`, `${root}.t.state`, 'else.t.c.state']) {
        expect((await settled(harness, log.append(subject, record('x'), 0))).error).toMatchObject({
          code: 'bad-subject',
        });
      }
      const large = { body: new Uint8Array(a.payloadBytesMax), headers: { A: 'x' } };
      expect((await settled(harness, log.append(state('c'), large, 0))).error).toMatchObject({ code: 'too-large' });
    });

    it('records unfenced and knows an id again', async () => {
      const { log, other, meter } = await journal();
      expect(await log.record(meter, record('m1'), 'id-1')).toEqual({ kind: 'appended', sequence: 1 });
      expect(await log.record(meter, record('m2'), 'id-2')).toEqual({ kind: 'appended', sequence: 2 });
      expect(await other.record(meter, record('m1'), 'id-1')).toEqual({ kind: 'duplicate', sequence: 1 });
      expect(await log.lastSequence()).toBe(2);
    });

    it('takes a known id again after the window', async () => {
      const { log, meter } = await journal({ duplicateWindowMs: harness.age.maxAgeMs });
      await log.record(meter, record('m'), 'id');
      expect(await log.record(meter, record('m'), 'id')).toMatchObject({ kind: 'duplicate' });
      await harness.pass(harness.age.expiredAfterMs);
      expect(await log.record(meter, record('m'), 'id')).toMatchObject({ kind: 'appended' });
    });

    it('reads the tail of a subject nobody wrote', async () => {
      const { log, state, meter } = await journal();
      expect(await log.readLast(state('new'))).toEqual({ expectedSequence: 0, record: undefined });
      expect(await log.readLast(meter)).toEqual({ expectedSequence: 0, record: undefined });
    });

    it('drops old records when trimmed, but never the newest state, which append still compares with', async () => {
      const { log, other, state, meter, root } = await journal({ maxAgeMs: harness.age.maxAgeMs });
      await log.record(meter, record('telemetry'), 'm1');
      await log.append(state('idle'), record('idle, old'), 0);
      await log.append(state('idle'), { body: bytes('idle, newest'), headers: { 'Vl-State': 'private' } }, 2);
      await log.append(state('busy'), record('busy, old'), 0);
      await log.record(meter, record('telemetry'), 'm2');
      await harness.pass(harness.age.expiredAfterMs);
      await log.append(state('busy'), record('busy, young'), 4);
      await log.record(meter, record('young'), 'm3');
      expect(await log.trim()).toBe(4);
      expect(await other.trim()).toBe(0);
      const idle = await other.readLast(state('idle'));
      expect(idle.expectedSequence).toBe(3);
      expect(idle.record).toMatchObject({ subject: state('idle'), sequence: 3, headers: { 'Vl-State': 'private' } });
      expect(text(idle.record?.body)).toBe('idle, newest');
      const kept: string[] = [];
      await other.consume(`${root}.>`, 1, (stored) => void kept.push(`${stored.sequence}:${text(stored.body)}`));
      await until(harness, 'what is kept is read', () => kept.length === 3);
      expect(kept).toEqual(['3:idle, newest', '6:busy, young', '7:young']);
      for (const stale of [0, 2, 4])
        expect(await log.append(state('idle'), record('stale'), stale)).toEqual({ kind: 'conflict' });
      expect(await log.append(state('idle'), record('next'), 3)).toEqual({ kind: 'appended', sequence: 8 });
      expect(await log.lastSequence()).toBe(8);
    });

    it('keeps the newest state through any number of trims and appends, telemetry in between', async () => {
      const { log, state, meter } = await journal({ maxAgeMs: 1 });
      const tails = new Map<string, number>();
      for (let round = 0; round < 12; round += 1) {
        for (const charger of ['a', 'b', 'c'].slice(round % 3)) {
          await log.record(meter, record('m'), `${charger}${round}`);
          const result = await log.append(state(charger), record(`${charger}${round}`), tails.get(charger) ?? 0);
          expect(result.kind).toBe('appended');
          if (result.kind === 'appended') tails.set(charger, result.sequence);
        }
        await harness.pass(5);
        await log.trim();
        for (const [charger, sequence] of tails) {
          const tail = await log.readLast(state(charger));
          expect([charger, tail.expectedSequence, tail.record?.sequence]).toEqual([charger, sequence, sequence]);
        }
      }
      expect(await log.readLast(meter)).toEqual({ expectedSequence: 0, record: undefined });
    });

    it('leaves a journal whole whose very first record is its newest, or is still young', async () => {
      // The lowest sequences are where a real server's purge means something else.
      const aged = await journal({ maxAgeMs: 1 });
      await aged.log.append(aged.state('only'), record('only'), 0);
      await harness.pass(5);
      expect(await aged.log.trim()).toBe(0);
      expect(text((await aged.log.readLast(aged.state('only'))).record?.body)).toBe('only');
      const young = await journal();
      await young.log.record(young.meter, record('telemetry'), 'm1');
      await young.log.append(young.state('c'), record('a'), 0);
      await young.log.append(young.state('c'), record('b'), 2);
      expect(await young.log.trim()).toBe(0);
      expect(text((await young.log.readLast(young.meter)).record?.body)).toBe('telemetry');
    });

    it('loses no append made while it is trimmed', async () => {
      const { log, other, state } = await journal({ maxAgeMs: 1 });
      let trimming = true;
      const trims = (async (): Promise<void> => {
        while (trimming) await other.trim();
      })();
      let expected = 0;
      try {
        for (let index = 0; index < 150; index += 1) {
          const result = await log.append(state('c'), record(String(index)), expected);
          if (result.kind !== 'appended') throw new Error(`append ${index} met a conflict`);
          expected = result.sequence;
        }
      } finally {
        trimming = false;
        await trims;
      }
      const tail = await log.readLast(state('c'));
      expect([tail.expectedSequence, text(tail.record?.body)]).toEqual([expected, '149']);
    });

    it('consumes what matches in sequence order, from any sequence, old and new', async () => {
      const { log, other, state, meter, root } = await journal();
      for (let index = 1; index <= 600; index += 1) {
        void log.record(index % 3 === 0 ? meter : state(`c${index % 3}`), record(String(index)), `id${index}`);
      }
      await until(harness, 'all are stored', () => a.stats().pendingAcks === 0);
      const all: string[] = [];
      const some: string[] = [];
      await other.consume(`${root}.>`, 1, (stored) => void all.push(text(stored.body)));
      await other.consume(`${root}.*.*.meter`, 301, (stored) => void some.push(text(stored.body)));
      await until(harness, 'the old ones are read', () => all.length === 600);
      await log.record(meter, record('601'), 'id601');
      await until(harness, 'the new one is read', () => all.includes('601') && some.includes('601'));
      const numbers = Array.from({ length: 601 }, (_, index) => String(index + 1));
      expect(all).toEqual(numbers);
      expect(some).toEqual([...numbers.filter((n) => Number(n) > 300 && Number(n) % 3 === 0), '601']);
    });

    it('waits for the promise of one record before it gives the next', async () => {
      const { log, state, root } = await journal();
      for (let index = 0; index < 5; index += 1) await log.append(state(`c${index}`), record(String(index)), 0);
      const release: (() => void)[] = [];
      const seen: string[] = [];
      const subscription = await log.consume(`${root}.>`, 1, (stored) => {
        seen.push(text(stored.body));
        return new Promise((resolve) => release.push(resolve));
      });
      await until(harness, 'the first came', () => seen.length === 1);
      await log.append(state('late'), record('5'), 0);
      await harness.pass(50);
      expect(seen).toEqual(['0']);
      release.shift()?.();
      await until(harness, 'the second came', () => seen.length === 2);
      await harness.pass(50);
      expect(seen).toEqual(['0', '1']);
      subscription.unsubscribe();
      release.shift()?.();
      await harness.pass(50);
      expect(seen).toEqual(['0', '1']);
    });

    it('reports a reader that throws or rejects and goes on with the next record', async () => {
      const { log, state, root } = await journal();
      for (let index = 0; index < 3; index += 1) await log.append(state(`c${index}`), record(String(index)), 0);
      const before = harness.handlerErrors.length;
      const seen: string[] = [];
      await log.consume(`${root}.>`, 1, (stored) => {
        seen.push(text(stored.body));
        if (seen.length === 1) throw new Error('thrown');
        if (seen.length === 2) return Promise.reject(new Error('rejected'));
        return undefined;
      });
      await until(harness, 'all were read', () => seen.length === 3);
      expect(harness.handlerErrors.slice(before).map((entry) => String(entry.error))).toEqual([
        'Error: thrown',
        'Error: rejected',
      ]);
    });

    it('starts at the oldest kept record when asked for an older one', async () => {
      const { log, meter, root } = await journal({ maxAgeMs: harness.age.maxAgeMs });
      await log.record(meter, record('gone'), '1');
      await harness.pass(harness.age.expiredAfterMs);
      await log.trim();
      await log.record(meter, record('kept'), '2');
      const seen: string[] = [];
      await log.consume(`${root}.>`, 1, (stored) => void seen.push(`${stored.sequence}:${text(stored.body)}`));
      await until(harness, 'it came', () => seen.length > 0);
      expect(seen).toEqual(['2:kept']);
    });

    it('refuses to open a journal that exists with other subjects', async () => {
      const options = journalOptions(fresh('journal'));
      await a.journal(options);
      const opened = await settled(harness, b.journal({ ...options, subjects: `${options.name}.*.*.other` }));
      expect(opened.error).toMatchObject({ code: 'config-mismatch', retryable: false });
      expect(String(opened.error)).toContain(options.name);
    });
  });
}

function record(body: string): { body: Uint8Array; headers: Record<string, string> } {
  return { body: bytes(body), headers: {} };
}
