/**
 * The whole set of deploy/local.sh, as an operator sees it: chargers charge through the balancer while edges and workers are rolled, under
 * 500 calls a second nothing is lost and no charger sees an error, Prometheus sees everybody, and no process is left at the end.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats, eventJournalOptions } from '@voltlane/bus';
import type { ChargerEvent } from '@voltlane/charger';
import { createCharger, createEventList } from '@voltlane/charger';
import type { HistoryRecord } from '@voltlane/testkit';
import { checkHistory, handshake, rawPeer, readHistory, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTING, RECORDED } from '../expressions.ts';
import type { ScriptedSet } from './local-script.ts';
import { freePortBlock, isAlive, local, ROOT, run, startScriptedSet } from './local-script.ts';

let set: ScriptedSet;

beforeAll(async () => {
  set = await startScriptedSet('--scrape-seconds', '1');
});

afterAll(async () => {
  await set?.stop();
  set?.remove();
});

const NAMES = 'nats-1 nats-2 nats-3 worker-1 worker-2 api edge-1 edge-2 edge-3 haproxy prometheus'.split(' ');

describe('a set of deploy/local.sh', () => {
  it('has three NATS servers, edges behind HAProxy, workers, an api and Prometheus', async () => {
    expect([...(await set.pids()).keys()]).toEqual(NAMES);
  });

  it('keeps three copies of the journal', async () => {
    const response = await fetch(`http://127.0.0.1:${set.first + 16}/jsz?streams=1&config=1`);
    const replicas = [...(await response.text()).matchAll(/"num_replicas": (\d)/g)].map(([, copies]) => copies);
    expect(replicas.length).toBeGreaterThan(3);
    expect(new Set(replicas)).toEqual(new Set(['3']));
  });

  it('tells the edge where a charger really comes from, whatever the charger says', async () => {
    const socket = connect({ port: set.first, host: '127.0.0.1', localAddress: '127.0.0.7' });
    socket.write(handshake('/ocpp/FROM-FAR', { 'X-Forwarded-For': '203.0.113.9' }));
    const answer = String(await once(socket, 'data'));
    expect(answer).toContain('HTTP/1.1 101 ');
    // As some chargers want it, not in the lower case HAProxy likes.
    expect(answer).toContain('\r\nSec-WebSocket-Accept: ');
    socket.destroy();
    const logs = (): string => ['edge-1', 'edge-2', 'edge-3'].map((name) => set.log(name)).join('');
    await waitUntil('the connection is in a log', () => logs().includes('FROM-FAR'));
    const line = logs()
      .split('\n')
      .find((text) => text.includes('FROM-FAR') && text.includes('charger connected'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ remoteAddress: '127.0.0.7' });
  });
});

describe('a roll of a set', () => {
  it('is a reconnect to chargers that charge, and nothing else', async () => {
    const end = new AbortController();
    const drivers = Array.from({ length: 6 }, (_, number) => {
      const events = createEventList(20_000);
      const charger = createCharger({
        id: `ROLLED-${number}`,
        version: number % 2 === 0 ? '1.6' : '2.0.1',
        url: set.ocppUrl,
        clock: systemClock,
        random: createSeededRandom(number),
        reconnect: { waitMinimumMs: 200, randomRangeMs: 200, repeatTimes: 1 },
        log: events.sink,
      });
      return { charger, events };
    });
    await Promise.all(drivers.map(({ charger }) => withTimeout(systemClock, charger.start(), 15_000, 'boot')));
    const session = { idToken: 'TAG', durationMs: 600_000, sampleIntervalMs: 500, signal: end.signal };
    const sessions = drivers.map(({ charger }) => charger.session(session));
    const told = await set.order('roll');
    end.abort();
    const records = await withTimeout(systemClock, Promise.all(sessions), 40_000, 'the ends of all sessions');

    expect(told.match(/^(edge|worker)-\d: stopped cleanly$/gm)).toHaveLength(5);
    for (const record of records) expect(record).toMatchObject({ outcome: 'completed', problem: '' });
    const events = drivers.flatMap(({ events: list }) => list.list());
    for (const { charger } of drivers) charger.stop();
    expect(events.filter(isError)).toEqual([]);
    const closes = events.flatMap((event) => (event.kind === 'disconnected' ? [event.code] : []));
    // Everybody was on an edge that was rolled.
    expect(closes.filter((code) => code === 1012).length).toBeGreaterThanOrEqual(drivers.length);
    expect(new Set(closes)).toEqual(new Set([1012]));
    expect(checkHistory(await historyOf(set.natsUrls), records)).toEqual([]);
  });

  it('under 500 calls a second loses no call, and no charger sees an error', async () => {
    const out = mkdtempSync(join(tmpdir(), 'voltlane-local-report-'));
    const fleet = ['--target', set.ocppUrl, '--chargers', '1000', '--rate', '500', '--versions', '1.6,2.0.1,2.1'];
    const time = [
      '--minutes',
      '2',
      '--settle-seconds',
      '5',
      '--reconnect-seconds',
      '5',
      '--connects-per-second',
      '200',
    ];
    const journal = ['--nats', set.natsUrls.join(','), '--replicas', '3', '--out', out];
    const asserted = ['--assert', 'errors=0,timeouts=0'];
    const main = ['--conditions=source', join(ROOT, 'loadtest/src/main.ts')];
    const load = run(process.execPath, ...main, ...fleet, ...time, ...journal, ...asserted);
    await waitUntil('the load is at its rate', () => / steady +1000\/1000 connected/.test(load.output()), {
      timeoutMs: 90_000,
    });
    const told = await set.order('roll');
    expect(load.child.exitCode, 'the roll was over before the load').toBeNull();
    const status = await load.exited;
    expect(status, load.output().slice(-4_000)).toBe(0);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    rmSync(out, { recursive: true, force: true });
    console.info(
      told,
      JSON.stringify({ figures: report.figures, closeCodes: report.closeCodes, journal: report.journal }),
    );
    expect(report.figures).toMatchObject({ lost: 0, doubled: 0, reordered: 0, mismatched: 0, wrong: 0, errors: 0 });
    const counted = (name: string): number =>
      report.phases.reduce(
        (sum: number, phase: { counters: Record<string, number> }) => sum + (phase.counters[name] ?? NaN),
        0,
      );
    expect({ refused: counted('refused'), unreached: counted('unreached'), timeouts: counted('timeouts') }).toEqual({
      refused: 0,
      unreached: 0,
      timeouts: 0,
    });
    expect(Object.keys(report.closeCodes)).toEqual(['1012']);
    expect(report.closeCodes['1012']).toBeGreaterThanOrEqual(1_000);
    expect(report.figures.callsPerSecond).toBeGreaterThan(400);
  });
});

describe('Prometheus beside a set that works', () => {
  it('sees every process, evaluates every rule and has a series of every recording', async () => {
    const look = async (): Promise<boolean> => {
      const health = await healthOf(set.prometheusUrl);
      const bad = health.filter(([, state]) => state !== 'up' && state !== 'ok');
      if (bad.length > 0) throw new Error(JSON.stringify(bad.slice(0, 5)));
      return health.length === 6 + RECORDED.length + ALERTING.length;
    };
    // Some groups are evaluated at a pace of their own.
    await waitUntil('all targets are up and all rules were evaluated', look, { timeoutMs: 120_000 });
    expect(await query(set.prometheusUrl, 'count(up == 1)')).toBe(6);
    const empty: string[] = [];
    for (const { place } of RECORDED) if (!((await query(set.prometheusUrl, `count(${place})`)) > 0)) empty.push(place);
    expect(empty).toEqual([]);
  });
});

describe('an edge that ends without a word to the balancer', () => {
  it('turns no charger away: handshakes it does not take any more go to another edge', async () => {
    const pid = (await set.pids()).get('edge-1') ?? 0;
    const statuses: number[] = [];
    let dials = 0;
    process.kill(pid, 'SIGTERM');
    // As long as it drains, and until the balancer has noticed.
    while (isAlive(pid) || dials < 200) {
      const peer = await rawPeer(set.first);
      peer.write(handshake(`/ocpp/DIAL-${dials++}`));
      statuses.push(await peer.status());
      peer.socket.destroy();
    }
    expect(statuses.filter((status) => status !== 101)).toEqual([]);
    await waitUntil('the start says so', () => set.output().includes('edge-1 ended by itself (0)'));
    await set.order('roll', 'edges');
    expect((await set.pids()).get('edge-1')).not.toBe(pid);
  });
});

describe('the end of a set', () => {
  it('after a start that fails leaves no process, and says why', async () => {
    const first = await freePortBlock();
    const folder = mkdtempSync(join(tmpdir(), 'voltlane-local-failing-'));
    const args = ['--dir', folder, '--ports-from', String(first), '--env', 'VOLTLANE_PARTITIONS=many'];
    const failing = local(...args, '--edges', '1', '--workers', '1');
    expect(await failing.exited).toBe(1);
    expect(failing.output()).toMatch(/worker-1 ended with \d+; the end of .*worker-1\.log:\n[^]*VOLTLANE_PARTITIONS/);
    expect(failing.output()).toContain('stopped');
    const left = run('pgrep', '-f', folder);
    await left.exited;
    expect(left.output()).toBe('');
    rmSync(folder, { recursive: true, force: true });
  });

  it('before it began, because its ports are taken, names them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voltlane-local-taken-'));
    const second = local('--dir', folder, '--ports-from', String(set.first));
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`somebody listens on ${set.first}, `);
    rmSync(folder, { recursive: true, force: true });
  });

  it('by SIGKILL of the start leaves processes, which a stop ends', async () => {
    const killed = await startScriptedSet('--edges', '1', '--workers', '1');
    const pids = [...(await killed.pids()).values()];
    await killed.kill();
    expect(pids.filter(isAlive)).toEqual(pids);
    expect(await killed.order('stop')).toContain('left behind: ');
    expect(pids.filter(isAlive)).toEqual([]);
    killed.remove();
  });

  it('by SIGTERM leaves no process', async () => {
    const pids = [...(await set.pids()).values()];
    expect(pids).toHaveLength(NAMES.length);
    expect(await set.stop()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

/** What a charger would call an error; a connection that is closed for a restart is none. */
function isError({ kind }: ChargerEvent): boolean {
  return ['refused', 'timed-out', 'connect-failed', 'boot-failed', 'discarded', 'bad-frame'].includes(kind);
}

async function historyOf(urls: readonly string[]): Promise<readonly HistoryRecord[]> {
  const subjects = createSubjects('');
  const bus = await connectNats({ urls: [...urls], name: 'history', clock: systemClock });
  try {
    const settings = { maxAgeMs: 168 * 3_600_000, replicas: 3, storage: 'file', duplicateWindowMs: 600_000 } as const;
    const journal = await bus.journal(eventJournalOptions(subjects, settings));
    return await readHistory(journal, subjects.eventFilter({}));
  } finally {
    await bus.close();
  }
}

/** Health of every target and every rule, by name. */
async function healthOf(url: string): Promise<readonly (readonly [string, string])[]> {
  const targets = (await prometheus(url, 'targets')) as { activeTargets: readonly Seen[] };
  const { groups } = (await prometheus(url, 'rules')) as { groups: readonly { rules: readonly Seen[] }[] };
  const seen = [...targets.activeTargets, ...groups.flatMap(({ rules }) => rules)];
  return seen.map(({ scrapeUrl, name, health }) => [name ?? scrapeUrl ?? '', health] as const);
}

/** A target or a rule as Prometheus tells of it. */
interface Seen {
  readonly scrapeUrl?: string;
  readonly name?: string;
  readonly health: string;
}

/** Value of a query that gives one number; NaN when it gives nothing. */
async function query(url: string, expression: string): Promise<number> {
  const data = await prometheus(url, `query?query=${encodeURIComponent(expression)}`);
  const { result } = data as { result: readonly { value: readonly [number, string] }[] };
  return Number(result[0]?.value[1] ?? Number.NaN);
}

async function prometheus(url: string, path: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/${path}`);
  return ((await response.json()) as { data: unknown }).data;
}
