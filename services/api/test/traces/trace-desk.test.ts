/** Traces over the memory bus, with edges that say what the test says and clients that read when it says so. */
import { type Bus, createMemoryBus, type MemoryBroker } from '@voltlane/bus';
import { createTelemetry, type LogFields, type Metrics } from '@voltlane/telemetry';
import { createFakeClock, createSeededRandom, type FakeClock } from '@voltlane/time';
import {
  chargerId,
  createSubjects,
  decodeTraceAsk,
  edgeId,
  encodeTraceReport,
  sessionId,
  type TraceAsk,
  type TraceEvent,
  type TraceReport,
  tenant,
  traceId,
} from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { TRACES_MAX, TRACES_PER_KEY_MAX, TraceDesk, type TraceRequest } from '../../src/traces/trace-desk.ts';
import { ASK_EVERY_MS, BUFFER_BYTES_MAX } from '../../src/traces/trace-run.ts';

const subjects = createSubjects();
const STALL_MS = 30_000;
const CALLER = { keyId: 'k1', name: 'ops', role: 'operator', tenant: tenant('default') } as const;

let clock: FakeClock;
let broker: MemoryBroker;
let edge: Bus;
let asks: TraceAsk[];
let lines: LogFields[];
let metrics: Metrics;
let desk: TraceDesk;

beforeEach(() => {
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
  edge = broker.connect('edge');
  asks = [];
  lines = [];
  edge.subscribe(subjects.traceAsks(), ({ data }) => asks.push(decodeTraceAsk(data)));
  ({ metrics } = createTelemetry({ service: 'api', instance: 't', logLevel: 'fatal', logFormat: 'json' }));
  desk = new TraceDesk({
    bus: broker.connect('api'),
    subjects,
    clock,
    random: createSeededRandom(1),
    log: { info: (fields, event) => lines.push({ ...fields, event }) },
    metrics,
    stallMs: STALL_MS,
  });
});

/** One client: what it was sent, and whether it reads. */
class Client {
  text = '';
  reads = true;
  ended: 'no' | 'finished' | 'cut' = 'no';
  #waiting = 0;
  #drained: (() => void) | undefined;
  #closed: () => void = () => {};

  readonly begin: TraceRequest['begin'] = (closed) => {
    this.#closed = closed;
    return {
      write: (line) => {
        this.text += line;
        if (!this.reads) this.#waiting += line.length;
      },
      buffered: () => this.#waiting,
      onceDrained: (drained) => {
        this.#drained = drained;
      },
      end: (atOnce) => {
        if (this.ended === 'no') this.ended = atOnce ? 'cut' : 'finished';
      },
    };
  };

  /** It reads all that waits, and goes on. */
  drain(): void {
    this.reads = true;
    this.#waiting = 0;
    this.#drained?.();
  }

  leave(): void {
    this.#closed();
  }

  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** Kinds of the lines, frames by their text. */
  get story(): readonly unknown[] {
    return this.lines.map(({ kind, text, count, why, frames }) => {
      if (kind === 'frame') return text;
      if (kind === 'leftOut') return `${String(count)} ${String(why)}`;
      return kind === 'ended' ? `ended ${String(why)} ${String(frames)}` : kind;
    });
  }
}

async function follow(wish: Partial<TraceRequest> = {}, client: Client = new Client()): Promise<Client> {
  const refusal = desk.open({
    tenant: tenant('default'),
    chargerId: chargerId('CP1'),
    caller: CALLER,
    requestId: 'r1',
    seconds: 60,
    framesMax: 1_000,
    begin: client.begin,
    ...wish,
  });
  expect(refusal).toBeUndefined();
  await clock.advanceAsync(0);
  return client;
}

/** An edge tells the trace that was asked for last. */
async function tell(n: number, said: TraceEvent | TraceReport['said'], from = 'e1'): Promise<void> {
  const trace = asks.at(-1)?.traceId ?? traceId('none');
  const report =
    said.kind === 'mark' || said.kind === 'full' || said.kind === 'event'
      ? said
      : ({ kind: 'event', sessionId: sessionId('s1'), event: said } as const);
  const bytes = encodeTraceReport({ edgeId: edgeId(from), n, atMs: clock.nowMs(), said: report });
  edge.publish(subjects.traceReports(trace), bytes);
  await clock.advanceAsync(0);
}

const frame = (text: string): TraceEvent & { readonly kind: 'frame' } => ({
  kind: 'frame',
  direction: 'in',
  type: 'call',
  text,
  bytes: text.length,
  cut: false,
  masked: false,
  invalid: undefined,
});

async function metric(series: string): Promise<number> {
  const line = (await metrics.expose()).split('\n').find((text) => text.startsWith(`voltlane_api_${series}`));
  return Number(line?.split(' ').at(-1));
}

describe('a trace', () => {
  it('asks all edges again before its lease runs out, and ends at its time', async () => {
    const client = await follow({ seconds: 10 });
    expect(asks).toMatchObject([{ tenant: 'default', chargerId: 'CP1', leaseMs: 5_000 }]);
    await clock.advanceAsync(2 * ASK_EVERY_MS);
    expect(asks).toHaveLength(3);
    await clock.advanceAsync(10_000);
    expect(client.story).toEqual(['began', 'ended time 0']);
    expect([client.ended, asks.length]).toEqual(['finished', 5]);
    await clock.advanceAsync(60_000);
    expect([asks.length, clock.pendingTimers(), await metric('traces{')]).toEqual([5, 0, 0]);
  });

  it('writes what edges tell, each line whole', async () => {
    const client = await follow();
    await tell(1, { kind: 'opened', version: '2.1', openedAgoMs: 60_000 });
    await tell(2, { ...frame('[2,'), invalid: 'malformed-json', cut: true, masked: true });
    await tell(3, { kind: 'failed', error: 'tooBig' });
    await tell(4, { kind: 'closed', code: 1009, reason: '' });
    const at = '2026-01-01T00:00:00.000Z';
    const place = { at, edge: 'e1', session: 's1' };
    expect(client.lines).toEqual([
      {
        kind: 'began',
        at,
        trace: asks[0]?.traceId,
        tenant: 'default',
        charger: 'CP1',
        endsAt: '2026-01-01T00:01:00.000Z',
      },
      { kind: 'opened', ...place, version: '2.1', openedAt: '2025-12-31T23:59:00.000Z' },
      {
        kind: 'frame',
        ...place,
        direction: 'in',
        type: 'call',
        text: '[2,',
        bytes: 3,
        invalid: 'malformed-json',
        masked: true,
        cut: true,
      },
      { kind: 'failed', ...place, error: 'tooBig' },
      { kind: 'closed', ...place, code: 1009, reason: '' },
    ]);
  });

  it('ends after as many frames as were asked for', async () => {
    const client = await follow({ framesMax: 2 });
    for (let n = 1; n <= 3; n += 1) await tell(n, frame(`f${n}`));
    expect(client.story).toEqual(['began', 'f1', 'f2', 'ended framesMax 2']);
  });

  it('says how much is missing, at an edge or on the way, edge by edge', async () => {
    const client = await follow();
    await tell(1, frame('a1'));
    await tell(4, frame('a4'));
    await tell(1, frame('b1'), 'e2');
    await tell(9, { kind: 'mark' });
    await tell(9, { kind: 'mark' });
    await tell(10, frame('a10'));
    // Its lease had run out: it counts anew.
    await tell(1, frame('a1 again'));
    await tell(3, frame('a3 again'));
    expect(client.story).toEqual([
      'began',
      'a1',
      '2 lost',
      'a4',
      'b1',
      '5 lost',
      'a10',
      'a1 again',
      '1 lost',
      'a3 again',
    ]);
    expect(await metric('trace_left_out_total{reason="lost"')).toBe(8);
  });

  it('says once of each edge that it has no room', async () => {
    const client = await follow();
    for (const from of ['e1', 'e2', 'e1']) await tell(0, { kind: 'full' }, from);
    expect(client.lines.slice(1)).toMatchObject([
      { kind: 'refused', edge: 'e1' },
      { kind: 'refused', edge: 'e2' },
    ]);
  });

  it('says that it lives while nothing happens, and when the bus goes and comes', async () => {
    const client = await follow();
    await clock.advanceAsync(17_000);
    broker.cut('api');
    broker.heal('api');
    expect(client.lines.slice(1)).toMatchObject([
      { kind: 'alive' },
      { kind: 'bus', status: 'disconnected' },
      { kind: 'bus', status: 'connected' },
    ]);
  });

  it('is not hurt by what it cannot read', async () => {
    const client = await follow();
    edge.publish(subjects.traceReports(asks[0]?.traceId ?? traceId('none')), Buffer.from('hello'));
    await tell(1, frame('f1'));
    expect(client.story).toEqual(['began', 'f1']);
    expect(await metric('trace_reports_unreadable_total')).toBe(1);
  });
});

describe('a client that does not read', () => {
  const big = 'x'.repeat(65_536);
  const FITTING = Math.ceil(BUFFER_BYTES_MAX / (big.length + 200));

  it('gets no more than waits for it, and hears how much was left out when it reads on', async () => {
    const client = await follow();
    client.reads = false;
    for (let n = 1; n <= 40; n += 1) await tell(n, frame(big));
    expect(client.text.length).toBeLessThan(BUFFER_BYTES_MAX + 2 * big.length);
    const written = client.story.length - 1;
    expect(written).toBeGreaterThanOrEqual(FITTING);
    client.drain();
    await tell(41, frame('f41'));
    expect(client.story.slice(-2)).toEqual([`${40 - written} slowReader`, 'f41']);
    expect(await metric('trace_left_out_total{reason="slowReader"')).toBe(40 - written);
  });

  it('is ended when it reads nothing for long', async () => {
    const client = await follow({ seconds: 600 });
    client.reads = false;
    for (let n = 1; n <= 20; n += 1) await tell(n, frame(big));
    await clock.advanceAsync(STALL_MS + ASK_EVERY_MS);
    expect(client.story.at(-1)).toMatch(/^ended slowReader/);
    expect(client.story.at(-2)).toMatch(/slowReader$/);
    expect(clock.pendingTimers()).toBe(1);
    await clock.advanceAsync(5_000);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('and goes ends its trace', async () => {
    const client = await follow();
    client.leave();
    expect([client.ended, clock.pendingTimers()]).toEqual(['cut', 0]);
    expect(await metric('traces_ended_total{reason="client"')).toBe(1);
  });
});

describe('the desk', () => {
  const opens = (keyId: string): string | undefined =>
    desk.open({
      tenant: tenant('default'),
      chargerId: chargerId('CP1'),
      caller: { ...CALLER, keyId },
      requestId: 'r',
      seconds: 10,
      framesMax: 1,
      begin: new Client().begin,
    })?.code;

  it('lets a key and a process have so many, and has room again when they ended', async () => {
    for (let n = 0; n < TRACES_PER_KEY_MAX; n += 1) expect(opens('k1')).toBeUndefined();
    expect(opens('k1')).toBe('too-many-traces');
    for (let n = TRACES_PER_KEY_MAX; n < TRACES_MAX; n += 1) expect(opens(`k${10 + n}`)).toBeUndefined();
    expect(opens('k2')).toBe('traces-exhausted');
    expect(await metric('traces_refused_total{reason="key"')).toBe(1);
    expect(await metric('traces_refused_total{reason="process"')).toBe(1);
    await clock.advanceAsync(10_000);
    expect(opens('k1')).toBeUndefined();
  });

  it('begins none while the bus is away', () => {
    broker.cut('api');
    expect(opens('k1')).toBe('unavailable');
  });

  it('ends all when the process stops, and begins none', async () => {
    const client = await follow();
    desk.stop();
    expect(client.story).toEqual(['began', 'ended stopped 0']);
    expect(opens('k1')).toBe('stopping');
  });

  it('writes down who looked at which charger and how it ended, never a frame', async () => {
    await follow({ seconds: 30 });
    await tell(1, frame('[2,"1","Authorize",{"idTag":"04A1B2C3D4"}]'));
    await clock.advanceAsync(30_000);
    const facts = { keyId: 'k1', keyName: 'ops', tenant: 'default', chargerId: 'CP1', request: 'r1' };
    expect(lines).toMatchObject([
      { event: 'trace began', ...facts, seconds: 30, framesMax: 1_000 },
      { event: 'trace ended', ...facts, why: 'time', frames: 1, leftOut: 0 },
    ]);
    expect(JSON.stringify(lines)).not.toContain('04A1B2C3D4');
  });
});
