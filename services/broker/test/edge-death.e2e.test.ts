/** kill -9 of one of two edges: its chargers are reported disconnected once, within seconds; those already on the other are not. */
import type { Bus } from '@voltlane/bus';
import { connectNats, eventJournalOptions } from '@voltlane/bus';
import type { NatsServer, ServiceProcess } from '@voltlane/testkit';
import { freePort, startNatsServer, startService, waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { createSubjects, decodeEventRecord } from '@voltlane/wire';
import { afterEach, describe, expect, it } from 'vitest';
import type { Socket } from './charger-socket.ts';
import { openSocket } from './charger-socket.ts';

const CHARGERS = 40;
const BOOT = { chargePointVendor: 'V', chargePointModel: 'M' };
/** Expiry (4 s), a heartbeat (1 s), the pace of telling, and a busy machine. */
const NOTICED_MS_MAX = 10_000;

interface EdgeProcess {
  readonly process: ServiceProcess;
  readonly url: string;
}

let nats: NatsServer | undefined;
let bus: Bus | undefined;
const processes: ServiceProcess[] = [];
const sockets: Socket[] = [];

async function startOne(service: 'edge' | 'worker', env: Record<string, string> = {}): Promise<ServiceProcess> {
  const port = String(await freePort());
  const process = await startService({
    service,
    env: {
      VOLTLANE_NATS_URL: nats?.url ?? '',
      VOLTLANE_CHARGERS: 'open',
      VOLTLANE_LOG_LEVEL: 'warn',
      VOLTLANE_PARTITIONS: '16',
      VOLTLANE_EDGE_HEALTH_PORT: port,
      VOLTLANE_WORKER_HEALTH_PORT: port,
      ...env,
    },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
  });
  processes.push(process);
  return process;
}

async function startEdge(): Promise<EdgeProcess> {
  const port = await freePort();
  return { process: await startOne('edge', { VOLTLANE_OCPP_PORT: String(port) }), url: `ws://127.0.0.1:${port}/ocpp` };
}

async function connect(edge: EdgeProcess, charger: string): Promise<void> {
  const socket = await openSocket(`${edge.url}/${charger}`);
  sockets.push(socket);
  await socket.ask('boot', 'BootNotification', BOOT);
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.end();
  await Promise.all(processes.splice(0).map((process) => process.kill()));
  await bus?.close();
  await nats?.stop();
});

describe('kill -9 of an edge', () => {
  it('is reported for each of its chargers once, and not for those that are back', { timeout: 120_000 }, async () => {
    nats = await startNatsServer();
    await startOne('worker');
    await startOne('worker');
    const [dying, other] = [await startEdge(), await startEdge()];

    const subjects = createSubjects('');
    bus = await connectNats({ urls: [nats.url], name: 'observer', clock: systemClock });
    const journal = await bus.journal(
      eventJournalOptions(subjects, {
        maxAgeMs: 168 * 3_600_000,
        replicas: 1,
        storage: 'file',
        duplicateWindowMs: 600_000,
      }),
    );
    const stories = new Map<string, string[]>();
    const lostAtMs: number[] = [];
    await journal.consume(subjects.eventFilter({ class: 'state' }), 1, ({ body }) => {
      const { charger, events } = decodeEventRecord(body);
      const story = stories.get(charger) ?? [];
      stories.set(charger, story);
      for (const { kind, data } of events) {
        if (kind === 'charger.connected') story.push('connected');
        if (kind === 'charger.disconnected') story.push(`disconnected ${String(data['reason'])}`);
        if (data['reason'] === 'edge lost') lostAtMs.push(systemClock.monotonicMs());
      }
    });

    const ids = Array.from({ length: CHARGERS }, (_, n) => `CP${n}`);
    const back = new Set(ids.slice(0, CHARGERS / 4));
    for (const id of ids) await connect(dying, id);
    await connect(other, 'BYSTANDER');

    const killedMs = systemClock.monotonicMs();
    dying.process.signal('SIGKILL');
    await dying.process.exited;
    for (const id of back) await connect(other, id);
    await waitUntil('the lost ones reported', () => lostAtMs.length >= CHARGERS - back.size, {
      timeoutMs: NOTICED_MS_MAX,
    });
    const took = lostAtMs.map((atMs) => atMs - killedMs);
    console.log(
      `edge-death: ${took.length} chargers reported after ${Math.min(...took).toFixed(0)}–${Math.max(...took).toFixed(0)} ms, ` +
        `${back.size} back on the other edge`,
    );
    // Long enough for a second report, had there been one.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    for (const id of ids) {
      const expected = back.has(id)
        ? ['connected', 'disconnected replaced', 'connected']
        : ['connected', 'disconnected edge lost'];
      expect(stories.get(id), id).toEqual(expected);
    }
    expect(stories.get('BYSTANDER')).toEqual(['connected']);
  });
});
