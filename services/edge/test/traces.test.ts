/** Who looks at which charger, and for how long, over the memory bus with a clock that moves when told. */
import { type Bus, createMemoryBus } from '@voltlane/bus';
import { createFakeClock, type FakeClock } from '@voltlane/time';
import {
  chargerId,
  createSubjects,
  decodeTraceReport,
  edgeId,
  encodeTraceAsk,
  type TraceReport,
  tenant,
  traceId,
} from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../src/connection.ts';
import { Sessions } from '../src/sessions.ts';
import { BYTES_PER_SECOND_MAX, TRACES_MAX, Traces } from '../src/traces.ts';
import { type CountingMetrics, createCountingMetrics } from './counting-metrics.ts';
import { connectionOf } from './lone-connection.ts';

const subjects = createSubjects();
const LEASE_MS = 5_000;

let clock: FakeClock;
let asker: Bus;
let sessions: Sessions;
let metrics: CountingMetrics;
let traces: Traces;

beforeEach(() => {
  clock = createFakeClock();
  const broker = createMemoryBus({ clock });
  asker = broker.connect('api');
  sessions = new Sessions();
  metrics = createCountingMetrics();
  traces = new Traces({ edgeId: edgeId('e1'), bus: broker.connect('edge'), subjects, sessions, clock, metrics });
  traces.start();
});

/** A charger connects. */
function connect(id: string): Connection {
  const connection = connectionOf(id, metrics, () => undefined);
  sessions.add(connection);
  traces.opened(connection);
  return connection;
}

/** What a trace was told. */
function listen(trace: string): TraceReport[] {
  const reports: TraceReport[] = [];
  asker.subscribe(subjects.traceReports(traceId(trace)), ({ data }) => reports.push(decodeTraceReport(data)));
  return reports;
}

async function ask(trace: string, charger = 'CP1'): Promise<void> {
  const address = { tenant: tenant('default'), chargerId: chargerId(charger) };
  asker.publish(subjects.traceAsks(), encodeTraceAsk({ traceId: traceId(trace), ...address, leaseMs: LEASE_MS }));
  await clock.advanceAsync(0);
}

/** Each report in one word or two. */
function words(reports: readonly TraceReport[]): readonly string[] {
  return reports.map(({ n, said }) => {
    if (said.kind !== 'event') return `${n} ${said.kind}`;
    const { event } = said;
    return event.kind === 'frame' ? `${n} ${event.direction} ${event.text}` : `${n} ${event.kind}`;
  });
}

const HEARTBEAT = '[2,"1","Heartbeat",{}]';
const beat = (connection: Connection): void => connection.frame(HEARTBEAT, HEARTBEAT.length);

describe('a trace', () => {
  it('of a charger that is here is told its session, then its frames in both directions, numbered', async () => {
    const connection = connect('CP1');
    const reports = listen('t1');
    await ask('t1', 'cp1');
    beat(connection);
    connection.handle({ kind: 'command', commandId: 'c1', action: 'ClearCache', payload: '{}', timeoutMs: 1_000 });
    connection.gone(1006, '');
    await clock.advanceAsync(0);
    expect(words(reports)).toEqual(['1 opened', `2 in ${HEARTBEAT}`, '3 out [2,"c1","ClearCache",{}]', '4 closed']);
  });

  it('of a charger that comes later is told when it comes, and a stranger is not shown', async () => {
    const reports = listen('t1');
    await ask('t1');
    beat(connect('CP2'));
    beat(connect('CP1'));
    await clock.advanceAsync(0);
    expect(words(reports)).toEqual(['1 opened', `2 in ${HEARTBEAT}`]);
    expect(reports[0]?.said).toMatchObject({ event: { version: '1.6', openedAgoMs: 0 } });
  });

  it('goes on while it is asked for, and runs out without leaving anything', async () => {
    const connection = connect('CP1');
    const reports = listen('t1');
    await ask('t1');
    for (let round = 0; round < 3; round += 1) {
      await clock.advanceAsync(LEASE_MS - 1_000);
      await ask('t1');
    }
    beat(connection);
    expect(traces.size).toBe(1);
    await clock.advanceAsync(LEASE_MS + 1_000);
    expect([traces.size, connection.tap, clock.pendingTimers()]).toEqual([0, undefined, 0]);
    beat(connection);
    beat(connect('CP1'));
    await clock.advanceAsync(0);
    expect(words(reports)).toEqual(['1 opened', `2 in ${HEARTBEAT}`]);
  });

  it('does not disturb another one of the same charger', async () => {
    const connection = connect('CP1');
    const [first, second] = [listen('t1'), listen('t2')];
    await ask('t1');
    beat(connection);
    await clock.advanceAsync(3_000);
    await ask('t2');
    beat(connection);
    await clock.advanceAsync(4_000);
    beat(connection);
    await clock.advanceAsync(0);
    const frame = `in ${HEARTBEAT}`;
    expect(words(first)).toEqual(['1 opened', `2 ${frame}`, `3 ${frame}`]);
    expect(words(second)).toEqual(['1 opened', `2 ${frame}`, `3 ${frame}`]);
  });

  it('that would be one too many is told so, and is taken when there is room', async () => {
    const reports = listen('late');
    for (let n = 0; n < TRACES_MAX; n += 1) await ask(`t${n}`, `CP${n % 3}`);
    connect('CP1');
    await ask('late');
    expect(words(reports)).toEqual(['0 full']);
    expect([traces.size, metrics.get('traceRefused')]).toEqual([TRACES_MAX, 1]);
    await clock.advanceAsync(LEASE_MS + 1_000);
    await ask('late');
    expect(words(reports)).toEqual(['0 full', '1 opened']);
  });

  it('of a charger that says too much is shown a part, and how much is missing', async () => {
    const connection = connect('CP1');
    const reports = listen('t1');
    await ask('t1');
    const text = `[2,"1","DataTransfer",{"vendorId":"v","data":"${'x'.repeat(60_000)}"}]`;
    const frames = 40;
    for (let n = 0; n < frames; n += 1) connection.frame(text, text.length);
    await clock.advanceAsync(0);
    const shown = reports.filter(({ said }) => said.kind === 'event' && said.event.kind === 'frame').length;
    expect(shown).toBe(Math.ceil(BYTES_PER_SECOND_MAX / (text.length + 128)));
    expect(metrics.get('traceReport:leftOut')).toBe(frames - shown);
    await ask('t1');
    expect(words(reports).at(-1)).toBe(`${frames + 1} mark`);
    await ask('t1');
    expect(words(reports).filter((word) => word.endsWith('mark'))).toHaveLength(1);
    await clock.advanceAsync(1_000);
    beat(connection);
    await clock.advanceAsync(0);
    expect(words(reports).at(-1)).toBe(`${frames + 2} in ${HEARTBEAT}`);
  });
});

describe('an edge nobody asks', () => {
  it('taps nothing, keeps nothing and runs no timer', () => {
    expect([connect('CP1').tap, traces.size, clock.pendingTimers()]).toEqual([undefined, 0, 0]);
  });

  it('is not asked by what it cannot read', async () => {
    asker.publish(subjects.traceAsks(), Buffer.from('hello'));
    asker.publish(subjects.traceAsks(), Buffer.from([0x92, 2, 40]));
    await clock.advanceAsync(0);
    expect(traces.size).toBe(0);
    expect([metrics.get('downlink:malformed'), metrics.get('downlink:newerVersion')]).toEqual([1, 1]);
  });
});

it('an edge that stops tells nothing more and lets go of its connections', async () => {
  const connection = connect('CP1');
  await ask('t1');
  expect(connection.tap).toBeDefined();
  traces.stop();
  await ask('t2');
  expect([connection.tap, traces.size, clock.pendingTimers()]).toEqual([undefined, 0, 0]);
});
