/** A handler made of the NATS client and JSON and nothing of ours, beside real worker processes on a real nats-server. */
import { openHandlerSettings, readTenantHandlers } from '@voltlane/registry';
import { waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { connect, type NatsConnection } from 'nats';
import { afterEach, expect, it } from 'vitest';
import type { EdgePlayer } from '../edge-player.ts';
import { createEdgePlayer } from '../edge-player.ts';
import { BOOT, call, chargerPerPartition, opened, start, TENANT } from '../uplinks.ts';
import type { WorkerSet } from '../worker-set.ts';
import { startWorkerSet } from '../worker-set.ts';

const PARTITIONS = 32;

let set: WorkerSet | undefined;
let edge: EdgePlayer | undefined;
const clients: NatsConnection[] = [];

afterEach(async () => {
  edge?.stop();
  for (const client of clients.splice(0)) await client.close();
  await set?.stop();
  set = undefined;
  edge = undefined;
});

/** A user's service: answers at once, or never while `thinking`. */
async function service(url: string, thinking: () => boolean, seen: string[]): Promise<NatsConnection> {
  const client = await connect({ servers: url });
  clients.push(client);
  client.subscribe('handle.default.*', {
    queue: 'mine',
    callback: (_error, message) => {
      const { requestId, payload } = message.json<{ requestId: string; payload: { idTag: string } }>();
      seen.push(requestId);
      if (thinking()) return;
      const status = payload.idTag === 'TAG' ? 'Accepted' : 'Blocked';
      message.respond(JSON.stringify({ response: { idTagInfo: { status } } }));
    },
  });
  await client.flush();
  return client;
}

it('a handler written with the NATS client decides, may restart, and survives the death of a worker', {
  timeout: 120_000,
}, async () => {
  set = await startWorkerSet(PARTITIONS, 2);
  const { url, bus, subjects } = set;
  await set.settled();
  edge = createEdgePlayer(bus, subjects, PARTITIONS);
  const player = edge;
  const chargers = chargerPerPartition(PARTITIONS);
  await Promise.all(chargers.map((charger) => player.send(opened(charger))));
  await Promise.all(chargers.map((charger) => player.send(call(charger, 1, 'BootNotification', BOOT))));

  const settings = await openHandlerSettings(bus);
  const setting = { deadlineMs: 6_000, attempts: 1, fallback: 'reject' };
  await settings.put(TENANT, readTenantHandlers({ actions: { Authorize: setting, StartTransaction: setting } }));
  const seen: string[] = [];
  let thinking = false;
  const first = await service(url, () => thinking, seen);
  const authorize = async (seq: number, idTag: string): Promise<unknown> => {
    const { outcome } = await player.send(call(chargers[0] ?? '', seq, 'Authorize', { idTag }));
    return outcome.kind === 'result' ? JSON.parse(outcome.payload) : outcome;
  };
  let seq = 1;
  await waitUntil('the handler in force', async () => {
    seq += 1;
    return JSON.stringify(await authorize(seq, 'OTHER')) === '{"idTagInfo":{"status":"Blocked"}}';
  });
  expect(await authorize(seq + 1, 'TAG')).toEqual({ idTagInfo: { status: 'Accepted' } });

  // It restarts: nobody there for a while, and no charger sees it.
  await first.close();
  const fromMs = systemClock.monotonicMs();
  const during = authorize(seq + 2, 'OTHER');
  await waitUntil('a while without handler', () => systemClock.monotonicMs() - fromMs > 500);
  await service(url, () => thinking, seen);
  expect(await during).toEqual({ idTagInfo: { status: 'Blocked' } });

  // A worker dies while the handler thinks: the next one asks again under the same id.
  thinking = true;
  seen.length = 0;
  const replies = chargers.map((charger) => player.send(call(charger, 50, 'StartTransaction', start(50))));
  await waitUntil('questions about all', () => seen.length >= PARTITIONS);
  thinking = false;
  const [victim] = set.workers;
  if (victim === undefined) throw new Error('no worker');
  const lost = new Set(set.heldBy(victim.id));
  set.forget(victim);
  await victim.process.kill();
  const own = await Promise.all(replies.filter((_reply, partition) => lost.has(partition)));
  expect(own).toHaveLength(lost.size);
  for (const { outcome } of own) {
    expect(outcome.kind === 'result' ? outcome.payload : outcome).toContain('"status":"Accepted"');
  }
  expect(seen.length).toBeGreaterThanOrEqual(PARTITIONS + lost.size);
  expect(new Set(seen).size).toBe(1);
  // The others wait for their first question's answer until the fallback.
  const rest = await Promise.all(replies);
  expect(rest.filter(({ outcome }) => outcome.kind === 'result')).toHaveLength(PARTITIONS);
});
