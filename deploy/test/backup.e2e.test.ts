/** A charging session outlives the loss of all of NATS: saved while it ran, restored into an empty server, ended by the charger. */
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats, EVENT_JOURNAL_NAME, eventJournalOptions } from '@voltlane/bus';
import { createCharger, createEventList } from '@voltlane/charger';
import {
  checkHistory,
  createServiceNode,
  eventsByCharger,
  freePort,
  type HistoryRecord,
  type NatsServer,
  readHistory,
  type ServiceNode,
  startNatsServer,
  waitUntil,
} from '@voltlane/testkit';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Ran {
  readonly code: number;
  readonly output: string;
}

let folder: string;
let port: number;
let nats: NatsServer;
let nodes: ServiceNode[];

/** The command of docs/operations.md. */
function backup(...words: readonly string[]): Promise<Ran> {
  const args = ['run', '-s', 'backup', '--', ...words];
  const env = { ...process.env, VOLTLANE_NATS_URL: nats.url };
  return new Promise((resolve) => {
    execFile('npm', args, { env, cwd: join(import.meta.dirname, '../..') }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

async function history(): Promise<readonly HistoryRecord[]> {
  const bus = await connectNats({ urls: nats.url, name: 'test', clock: systemClock });
  const subjects = createSubjects('');
  try {
    const journal = await bus.journal(
      eventJournalOptions(subjects, { maxAgeMs: 0, replicas: 1, storage: 'file', duplicateWindowMs: 120_000 }),
    );
    return await readHistory(journal, subjects.eventFilter({}));
  } finally {
    await bus.close();
  }
}

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'voltlane-backup-')), 'saved');
  port = await freePort();
  nats = await startNatsServer({ port });
  const env = { VOLTLANE_NATS_URL: nats.url, VOLTLANE_CHARGERS: 'open', VOLTLANE_LOG_LEVEL: 'warn' };
  nodes = [
    await createServiceNode({ service: 'worker', name: 'worker', env }),
    await createServiceNode({ service: 'edge', name: 'edge', env }),
  ];
  for (const node of nodes) await node.start();
});

afterEach(async () => {
  for (const node of nodes) await node.kill();
  await nats.stop();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('npm run backup', () => {
  it('brings a session that was open back into an empty NATS, where it ends as one transaction', async () => {
    const log = createEventList(10_000);
    const charger = createCharger({
      id: 'CP-1',
      version: '1.6',
      url: nodes[1]?.ocppUrl ?? '',
      clock: systemClock,
      random: createSeededRandom(7),
      reconnect: { waitMinimumMs: 200, randomRangeMs: 100 },
      log: log.sink,
    });
    await withTimeout(systemClock, charger.start(), 10_000, 'boot');
    const stop = new AbortController();
    const session = charger.session({
      idToken: 'TAG1',
      durationMs: 300_000,
      sampleIntervalMs: 250,
      signal: stop.signal,
    });
    const samples = (): number => log.list().filter(({ kind }) => kind === 'sample').length;
    await waitUntil('charging', () => samples() >= 3);

    // Nothing may be acknowledged after the snapshot, or the restored journal would lack it: the charger would not send it again.
    for (const node of nodes) await node.stop();
    expect(await backup('save', '--folder', folder)).toMatchObject({ code: 0 });
    const before = await history();
    expect(before.length).toBeGreaterThan(3);
    await nats.stop();
    nats = await startNatsServer({ port });
    expect(await backup('list')).toEqual({ code: 0, output: '' });
    const restored = await backup('restore', '--folder', folder);
    expect(restored).toMatchObject({ code: 0, output: expect.stringContaining('restored KV_') });
    expect(await history()).toEqual(before);

    for (const node of nodes) await node.start();
    const afterRestore = samples();
    await waitUntil('charging goes on', () => samples() >= afterRestore + 3);
    stop.abort();
    const record = await withTimeout(systemClock, session, 60_000, 'the end of the session');
    expect(record).toMatchObject({ outcome: 'completed', problem: '' });
    const all = await history();
    expect(checkHistory(all, [record])).toEqual([]);
    const kinds = (eventsByCharger(all).get('CP-1') ?? []).map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind === 'transaction.started').length).toBe(1);
    expect(kinds.filter((kind) => kind === 'transaction.ended').length).toBe(1);
    charger.stop();
  });

  it('takes a backup of running brokers, and finds a file that changed', async () => {
    expect(await backup('save', '--folder', folder)).toMatchObject({ code: 0 });
    expect(await backup('check', '--folder', folder)).toMatchObject({
      code: 0,
      output: expect.stringContaining('whole: '),
    });
    const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
    expect(sums).toContain(`${EVENT_JOURNAL_NAME}/stream.tar.s2`);
    const exists = await backup('restore', '--folder', folder);
    expect(exists).toMatchObject({ code: 1, output: expect.stringContaining('exist already') });
    expect(await backup('save', '--folder', folder)).toMatchObject({
      code: 1,
      output: expect.stringContaining('not empty'),
    });
    await appendFile(join(folder, sums.split('\n')[1]?.split('  ')[1] ?? ''), 'x');
    expect(await backup('check', '--folder', folder)).toMatchObject({
      code: 1,
      output: expect.stringContaining('checksum differs'),
    });
    expect(await backup('restore', '--folder', folder)).toMatchObject({
      code: 1,
      output: expect.stringContaining('checksum differs'),
    });
  });
});
