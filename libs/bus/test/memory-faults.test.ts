import { createFakeClock, type FakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { type Bus, createMemoryBus, type MemoryBroker, type MemoryBusOptions } from '../src/index.ts';
import { bytes, journalOptions, text } from './harness.ts';

function setup(options: Partial<MemoryBusOptions> = {}): { clock: FakeClock; broker: MemoryBroker; a: Bus; b: Bus } {
  const clock = createFakeClock();
  const broker = createMemoryBus({ clock, ...options });
  return { clock, broker, a: broker.connect('a'), b: broker.connect('b') };
}

const record = (body: string): { body: Uint8Array; headers: Record<string, string> } => ({
  body: bytes(body),
  headers: {},
});

describe('faults on the memory bus', () => {
  it('drops what the simulation wants dropped', async () => {
    const { clock, a, b } = setup({ faults: { deliver: (link) => (link.from === 'a' ? 'drop' : 'pass') } });
    const seen: string[] = [];
    b.subscribe('x', (message) => seen.push(text(message.data)));
    a.publish('x', bytes('lost'));
    b.publish('x', bytes('kept'));
    await clock.advanceAsync(1);
    expect(seen).toEqual(['kept']);
  });

  it('keeps the order of a link when single messages are delayed, and lets other links overtake', async () => {
    const delays = new Map([
      ['1', 30],
      ['2', 0],
      ['3', 10],
    ]);
    const { clock, a, b } = setup({
      faults: {
        deliver: (link, message) => (link.from === 'a' ? { delayMs: delays.get(text(message.data)) ?? 0 } : 'pass'),
      },
    });
    const seen: string[] = [];
    b.subscribe('x', (message) => seen.push(text(message.data)));
    for (const item of ['1', '2', '3']) a.publish('x', bytes(item));
    b.publish('x', bytes('own'));
    await clock.advanceAsync(29);
    expect(seen).toEqual(['own']);
    await clock.advanceAsync(1);
    expect(seen).toEqual(['own', '1', '2', '3']);
    a.publish('x', bytes('4'));
    await clock.advanceAsync(0);
    expect(seen.at(-1)).toBe('4');
  });

  it('refuses a write that then did not happen, and forgets one that did', async () => {
    let fate: 'refuse' | 'forget' | 'pass' = 'pass';
    const { clock, a } = setup({ faults: { store: () => fate } });
    const journal = await a.journal(journalOptions('j'));
    const tried = async (): Promise<string> => {
      const ended = journal.append('j.t.c.state', record('x'), 0).then(
        (result) => result.kind,
        (error: { code: string }) => error.code,
      );
      await clock.advanceAsync(5_000);
      return ended;
    };
    fate = 'refuse';
    expect(await tried()).toBe('timeout');
    fate = 'forget';
    expect(await tried()).toBe('timeout');
    fate = 'pass';
    expect(await tried()).toBe('conflict');
    expect((await journal.readLast('j.t.c.state')).expectedSequence).toBe(1);
  });

  it('delays a store operation as a whole, and fails it when the connection went meanwhile', async () => {
    const { clock, broker, a, b } = setup({
      faults: { store: ({ connection, kind }) => (connection === 'a' && kind === 'write' ? { delayMs: 10 } : 'pass') },
    });
    const opening = a.journal(journalOptions('j'));
    await clock.advanceAsync(10);
    const journal = await opening;
    const other = await b.journal(journalOptions('j'));
    const ended = journal.append('j.t.c.state', record('x'), 0).catch((error: { code: string }) => error.code);
    expect(await other.lastSequence()).toBe(0);
    broker.cut('a');
    await clock.advanceAsync(10);
    expect(await ended).toBe('disconnected');
    expect(await other.lastSequence()).toBe(1);
  });

  it('cuts one connection and leaves the others alone', async () => {
    const { clock, broker, a, b } = setup();
    const seen: string[] = [];
    a.subscribe('x', () => seen.push('a'));
    b.subscribe('x', () => seen.push('b'));
    broker.cut('a');
    b.publish('x', bytes(''));
    a.publish('x', bytes(''));
    await clock.advanceAsync(1);
    expect(seen).toEqual(['b']);
    expect([a.status(), b.status()]).toEqual(['disconnected', 'connected']);
  });
});

describe('bounds of the memory bus', () => {
  it('keeps recordsMax records, and the last state of every subject besides', async () => {
    const { clock, a } = setup({ recordsMax: 100 });
    const journal = await a.journal(journalOptions('j'));
    await journal.append('j.t.early.state', record('early'), 0);
    for (let index = 0; index < 5_000; index += 1)
      await journal.record('j.t.c.meter', record(String(index)), `${index}`);
    const tail = await journal.readLast('j.t.early.state');
    expect([tail.expectedSequence, text(tail.record?.body)]).toEqual([1, 'early']);
    const seen: number[] = [];
    await journal.consume('j.>', 1, (stored) => void seen.push(stored.sequence));
    await clock.advanceAsync(1);
    expect([seen.length, seen[0], seen.at(-1)]).toEqual([101, 1, 5_001]);
    expect(await journal.append('j.t.early.state', record('later'), 1)).toEqual({ kind: 'appended', sequence: 5_002 });
    const again: number[] = [];
    await journal.consume('j.>', 1, (stored) => void again.push(stored.sequence));
    await clock.advanceAsync(1);
    expect([again.length, again[0], again.at(-1)]).toEqual([100, 4_903, 5_002]);
  });

  it('drops messages beyond deliveriesMax and counts them', async () => {
    const { clock, broker, a, b } = setup({ deliveriesMax: 10 });
    let received = 0;
    b.subscribe('x', () => (received += 1));
    for (let index = 0; index < 15; index += 1) a.publish('x', bytes(''));
    expect(broker.load()).toEqual({ underWay: 10, dropped: 5 });
    await clock.advanceAsync(1);
    expect(received).toBe(10);
    expect(broker.load().underWay).toBe(0);
  });

  it('refuses requests beyond the limit', async () => {
    const { clock, a, b } = setup({ pendingRequestsMax: 2 });
    b.subscribe('slow', () => {});
    const ends = Promise.allSettled([1, 2, 3].map(() => a.request('slow', bytes(''), 100)));
    await clock.advanceAsync(100);
    expect((await ends).map((end) => (end.status === 'rejected' ? String(end.reason.code) : ''))).toEqual([
      'timeout',
      'timeout',
      'overloaded',
    ]);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('keeps the readers of a record from changing what is stored, and the writer, too', async () => {
    const { a } = setup();
    const journal = await a.journal(journalOptions('j'));
    const body = bytes('abc');
    await journal.append('j.t.c.state', { body, headers: {} }, 0);
    body.fill(0);
    (await journal.readLast('j.t.c.state')).record?.body.fill(1);
    expect(text((await journal.readLast('j.t.c.state')).record?.body)).toBe('abc');
  });

  it('refuses a name that is taken, and frees it when closed', async () => {
    const { broker, a } = setup();
    expect(() => broker.connect('a')).toThrow(/cannot name a connection/);
    await a.close();
    broker.connect('a');
    expect(broker.connect().status()).toBe('connected');
  });
});
