/** Event streams over the memory bus, with clients that read when the test says so. */
import { createMemoryBus, eventJournalOptions, type Journal, type MemoryBroker } from '@voltlane/bus';
import { createTelemetry, type Metrics } from '@voltlane/telemetry';
import { createFakeClock, createSeededRandom, type FakeClock } from '@voltlane/time';
import { chargerId, createSubjects, tenant } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventHub, type EventHubOptions, type StreamRequest } from '../../src/events/event-hub.ts';
import { parsePosition } from '../../src/events/event-position.ts';
import type { StreamSelection } from '../../src/events/event-selection.ts';
import { type RecordWriter, recordWriter } from '../charger-records.ts';

const HOUR_MS = 3_600_000;
const subjects = createSubjects();
const ALL: StreamSelection = { tenant: undefined, charger: undefined, class: undefined, kinds: undefined };

let hubs = 0;
let clock: FakeClock;
let broker: MemoryBroker;
let journal: Journal;
let writer: RecordWriter;
let metrics: Metrics;

beforeEach(async () => {
  hubs = 0;
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
  journal = await broker.connect('worker').journal(journalOptions());
  writer = recordWriter(journal);
});

function journalOptions(): ReturnType<typeof eventJournalOptions> {
  const settings = { maxAgeMs: HOUR_MS, replicas: 1, storage: 'file', duplicateWindowMs: 120_000 } as const;
  return eventJournalOptions(subjects, settings);
}

async function newHub(
  options: Partial<EventHubOptions> = {},
  around: (journal: Journal) => Journal = (own) => own,
): Promise<EventHub> {
  ({ metrics } = createTelemetry({ service: 'api', instance: 't', logLevel: 'fatal', logFormat: 'json' }));
  return new EventHub({
    journal: around(await broker.connect(`api${(hubs += 1)}`).journal(journalOptions())),
    subjects,
    clock,
    random: createSeededRandom(1),
    metrics,
    options: { streamsMax: 10, streamsPerKeyMax: 5, heartbeatMs: 15_000, stallMs: 30_000, ...options },
  });
}

/** One client: what it was sent, and whether its socket takes more. */
class Client {
  text = '';
  reads = true;
  ended: 'no' | 'finished' | 'cut' = 'no';
  #drained: (() => void) | undefined;
  #closed: () => void = () => {};

  readonly begin: StreamRequest['begin'] = (closed) => {
    this.#closed = closed;
    return {
      write: (text) => {
        this.text += text;
        return this.reads;
      },
      onceDrained: (drained) => {
        this.#drained = drained;
      },
      end: (atOnce) => {
        if (this.ended === 'no') this.ended = atOnce ? 'cut' : 'finished';
        this.#closed();
      },
    };
  };

  /** Its socket has room again. */
  drain(): void {
    this.reads = true;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  /** It goes away. */
  leave(): void {
    this.#closed();
  }

  /** Events as `<id of the event>`, other frames by their name. */
  get events(): readonly string[] {
    return this.text
      .split('\n\n')
      .filter((frame) => frame.includes('\nevent: ') || frame.startsWith('event: '))
      .map((frame) => {
        const data: unknown = JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '{}');
        const name = /^event: (.*)$/m.exec(frame)?.[1];
        if (name === 'gap') return `gap ${JSON.stringify(data)}`;
        return typeof data === 'object' && data !== null && 'id' in data ? String(data.id) : '?';
      });
  }

  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
  }
}

async function follow(
  hub: EventHub,
  start: 'now' | 'oldest' | { readonly after: string },
  selection: Partial<StreamSelection> = {},
  client: Client = new Client(),
): Promise<Client> {
  const position = typeof start === 'string' ? start : parsePosition(start.after);
  if (position === undefined) throw new Error('no position');
  const opening = hub.open({ keyId: 'k', selection: { ...ALL, ...selection }, start: position, begin: client.begin });
  await clock.advanceAsync(1);
  expect(await opening).toBeUndefined();
  await clock.advanceAsync(5);
  return client;
}

async function write(count: number, charger = 'CP1'): Promise<void> {
  for (let index = 0; index < count; index += 1) await writer.state(charger, ['connector.status']);
}

const ids = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, at) => `e${from + at}`);

async function metric(name: string): Promise<number> {
  const line = (await metrics.expose()).split('\n').find((text) => text.startsWith(`voltlane_${name}`));
  return Number(line?.split(' ').at(-1));
}

describe('a stream of events', () => {
  it('begins with what happens next, or with the oldest that is kept', async () => {
    const hub = await newHub();
    await write(3);
    const [now, oldest] = [await follow(hub, 'now'), await follow(hub, 'oldest')];
    await write(2);
    await clock.advanceAsync(5);
    expect(now.events).toEqual(ids(4, 5));
    expect(oldest.events).toEqual(ids(1, 5));
    expect(now.text).toMatch(/^retry: [1-4]\d{3}\n\n/);
  });

  it('goes on behind any event it had, also in the middle of a record, also in another process', async () => {
    const first = await follow(await newHub(), 'oldest');
    for (let record = 0; record < 5; record += 1) {
      await writer.state('CP1', ['charger.connected', 'charger.booted', 'connector.status']);
      await writer.meter('CP1');
    }
    await clock.advanceAsync(5);
    const positions = [...first.text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');
    expect(first.events).toEqual(ids(1, 20));
    expect(positions).toHaveLength(20);
    for (const [at, position] of positions.entries()) {
      const again = await follow(await newHub(), { after: position });
      expect([position, again.events]).toEqual([position, ids(at + 2, 20)]);
    }
  });

  it('gives each event once when it passes from the journal to the live end while records come in', async () => {
    const hub = await newHub();
    await write(300);
    await follow(hub, 'now');
    const late = new Client();
    const opening = hub.open({ keyId: 'k', selection: ALL, start: 'oldest', begin: late.begin });
    for (let round = 0; round < 40; round += 1) {
      await write(5);
      await clock.advanceAsync(1);
    }
    await opening;
    await clock.advanceAsync(50);
    expect(late.events).toEqual(ids(1, 500));
    expect(await metric('api_event_streams_behind')).toBe(0);
  });

  it('misses nothing that comes between the last the journal gave it and the word that this was all', async () => {
    const wordMs = 50;
    // As a real server may: what is stored meanwhile does not come any more, and the word comes late.
    const late = (own: Journal): Journal => ({
      ...own,
      consume: (filter, from, onRecord, onCaughtUp) => {
        if (onCaughtUp === undefined) return own.consume(filter, from, onRecord);
        let all = false;
        return own.consume(
          filter,
          from,
          (record) => (all ? undefined : onRecord(record)),
          () => {
            all = true;
            clock.after(wordMs, onCaughtUp);
          },
        );
      },
    });
    const hub = await newHub({}, late);
    await writer.state('acme/CP1', ['charger.connected']);
    await write(5);
    await follow(hub, 'now');
    const client = await follow(hub, 'oldest', { tenant: tenant('acme') });
    expect(client.events).toEqual(['e1']);
    await writer.state('acme/CP1', ['charger.booted']);
    await clock.advanceAsync(wordMs);
    await clock.advanceAsync(5);
    expect(client.events).toEqual(['e1', 'e7']);
    expect(await metric('api_event_streams_behind')).toBe(0);
  });

  it('selects by tenant, charger, class and kind', async () => {
    const hub = await newHub();
    await writer.state('CP1', ['charger.connected', 'charger.booted']);
    await writer.state('acme/CP1', ['charger.connected']);
    await writer.meter('CP1');
    await writer.state('CP2', ['charger.booted', 'connector.status']);
    const wanted: Record<string, [Partial<StreamSelection>, string[]]> = {
      tenant: [{ tenant: tenant('acme') }, ['e3']],
      charger: [{ tenant: tenant('default'), charger: chargerId('CP1') }, ['e1', 'e2', 'e4']],
      'charger of any tenant': [{ charger: chargerId('CP1') }, ['e1', 'e2', 'e3', 'e4']],
      class: [{ class: 'meter' }, ['e4']],
      kinds: [{ kinds: new Set(['charger.booted', 'meter.values']) }, ['e2', 'e4', 'e5']],
    };
    const live: Record<string, Client> = {};
    for (const [name, [selection, expected]] of Object.entries(wanted)) {
      const client = await follow(hub, 'oldest', selection);
      expect([name, client.events]).toEqual([name, expected]);
      live[name] = client;
    }
    await writer.state('CP1', ['charger.booted']);
    await clock.advanceAsync(5);
    expect(
      Object.entries(live)
        .filter(([, client]) => client.events.includes('e7'))
        .map(([name]) => name),
    ).toEqual(['charger', 'charger of any tenant', 'kinds']);
  });

  it('is told where it is while nothing happens, so that it need not read again what it did not want', async () => {
    const hub = await newHub();
    const client = await follow(hub, 'now', { kinds: new Set(['der.alarm']) });
    await write(7);
    await clock.advanceAsync(16_000);
    expect(client.text).toContain(': alive\nid: 7\n\n');
    expect(client.events).toEqual([]);
    expect((await follow(await newHub(), { after: client.lastId })).events).toEqual([]);
    const before = client.text.length;
    await clock.advanceAsync(30_000);
    expect(client.text.length).toBeGreaterThan(before);
  });
});

describe('a gap', () => {
  it('is announced when what follows the position was trimmed, and the rest follows', async () => {
    await write(2);
    await write(3, 'CP2');
    await clock.advanceAsync(2 * HOUR_MS);
    await write(1, 'CP3');
    await journal.trim();
    const client = await follow(await newHub(), { after: '1-0' });
    // CP1's and CP2's newest state are kept for ever.
    expect(client.events).toEqual(['gap {"reason":"trimmed","from":1,"to":5}', 'e2', 'e5', 'e6']);
    expect(await metric('api_event_gaps_total')).toBe(1);
    expect((await follow(await newHub(), { after: '5' })).events).toEqual(['e6']);
    expect((await follow(await newHub(), 'oldest')).events).toEqual(['e2', 'e5', 'e6']);
  });

  it('is announced when the position is of another journal, and everything of this one follows', async () => {
    await write(3);
    const client = await follow(await newHub(), { after: '700-2' });
    expect(client.events).toEqual(['gap {"reason":"replaced","from":4,"to":700}', 'e1', 'e2', 'e3']);
  });
});

describe('a client that does not read', () => {
  it('costs nobody else anything, and gets everything when it reads again', async () => {
    const hub = await newHub();
    const [slow, quick] = [await follow(hub, 'now'), await follow(hub, 'now')];
    slow.reads = false;
    await write(400);
    await clock.advanceAsync(5);
    const held = slow.text.length;
    // One portion of the many that were there.
    expect(slow.events.length).toBeGreaterThan(0);
    expect(slow.events.length).toBeLessThan(400);
    await write(200);
    await clock.advanceAsync(5);
    expect(quick.events).toEqual(ids(1, 600));
    expect(slow.text.length).toBe(held);
    slow.drain();
    await clock.advanceAsync(5);
    expect(slow.events).toEqual(ids(1, 600));
  });

  it('falls out of the memory and reads the journal by itself, record by record as it can', async () => {
    const hub = await newHub();
    const slow = await follow(hub, 'now');
    slow.reads = false;
    await write(1);
    await clock.advanceAsync(5);
    // More than the memory holds; nobody waits for the slow one.
    const large = 'x'.repeat(400_000);
    for (let index = 0; index < 60; index += 1) {
      const subject = subjects.eventMeter({ tenant: tenant('default'), chargerId: chargerId('CP1') });
      const record = { v: 1, tenant: 'default', charger: 'CP1', recordedAt: 'r', events: [] as object[] };
      record.events.push({ id: `big${index}`, kind: 'meter.values', at: 'a', data: { large } });
      await journal.record(subject, { body: Buffer.from(JSON.stringify(record)), headers: {} }, `big${index}`);
    }
    await clock.advanceAsync(5);
    expect(await metric('api_event_memory_bytes')).toBeLessThanOrEqual(16 * 1_048_576);
    slow.drain();
    for (let step = 0; step < 200 && slow.events.length < 61; step += 1) {
      slow.reads = false;
      await clock.advanceAsync(5);
      slow.drain();
    }
    expect(slow.events).toEqual(['e1', ...Array.from({ length: 60 }, (_, index) => `big${index}`)]);
    expect(await metric('api_event_catch_ups_total')).toBeGreaterThanOrEqual(1);
    expect(await metric('api_event_streams_behind')).toBe(0);
  });

  it('is dropped after a while, and can go on where it was', async () => {
    const hub = await newHub();
    const slow = await follow(hub, 'now');
    slow.reads = false;
    await write(1);
    await clock.advanceAsync(5);
    await write(2);
    await clock.advanceAsync(29_000);
    expect(slow.ended).toBe('no');
    await clock.advanceAsync(3_000);
    expect(slow.ended).toBe('cut');
    expect(await metric('api_event_streams_ended_total{reason="stalled"')).toBe(1);
    expect((await follow(hub, { after: slow.lastId })).events).toEqual(ids(2, 3));
  });
});

describe('the number of streams', () => {
  it('is bounded for a key and for the process, and a stream that ends makes room', async () => {
    const hub = await newHub({ streamsMax: 3, streamsPerKeyMax: 2 });
    const open = async (keyId: string, client = new Client()): Promise<string> => {
      const opening = hub.open({ keyId, selection: ALL, start: 'now', begin: client.begin });
      await clock.advanceAsync(1);
      return (await opening)?.code ?? 'open';
    };
    const first = new Client();
    expect(await open('a', first)).toBe('open');
    expect([await open('a'), await open('a'), await open('b'), await open('b')]).toEqual([
      'open',
      'too-many-streams',
      'open',
      'streams-exhausted',
    ]);
    first.leave();
    expect(await open('b')).toBe('open');
    expect(await open('c')).toBe('streams-exhausted');
  });

  it('at zero costs no consumer, and the next stream begins at the end as it is then', async () => {
    const hub = await newHub();
    const client = await follow(hub, 'now');
    await write(2);
    client.leave();
    await write(3);
    const next = await follow(hub, 'now');
    await write(1);
    await clock.advanceAsync(5);
    expect(next.events).toEqual(['e6']);
    expect(client.events).toEqual([]);
  });

  it('is given back when the bus is away, with its error', async () => {
    const hub = await newHub({ streamsPerKeyMax: 1 });
    broker.cut('api1');
    await expect(
      hub.open({ keyId: 'k', selection: ALL, start: 'now', begin: new Client().begin }),
    ).rejects.toMatchObject({ code: 'disconnected' });
    broker.heal('api1');
    expect((await follow(hub, 'now')).ended).toBe('no');
  });
});

describe('the end of the process', () => {
  it('ends every stream in good order and opens none', async () => {
    const hub = await newHub();
    const client = await follow(hub, 'now');
    hub.stop();
    expect(client.ended).toBe('finished');
    const refused = await hub.open({ keyId: 'k', selection: ALL, start: 'now', begin: new Client().begin });
    expect(refused?.code).toBe('stopping');
  });
});
