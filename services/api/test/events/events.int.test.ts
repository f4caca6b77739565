/** Event streams over real sockets and real NATS servers: what a client sees when any part of the way goes and comes back. */
import { connect as connectSocket } from 'node:net';
import { type NatsCluster, type NatsServer, startNatsCluster, startNatsServer, waitUntil } from '@voltlane/testkit';
import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import { recordWriter } from '../charger-records.ts';
import { connectTo, type Follower, followEvents, journalOf, memoryPlace, startApi, TOKEN } from '../running-api.ts';

const ids = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, at) => `e${from + at}`);

async function came(follower: Follower, id: string, timeoutMs: number = 15_000): Promise<void> {
  await waitUntil(`${id} on the stream`, () => follower.events.includes(id), { timeoutMs });
}

/** Without the repetitions that are allowed across a restart. */
function firsts(events: readonly string[]): readonly string[] {
  return events.filter((id, index) => events.indexOf(id) === index);
}

describe('GET /v1/events', () => {
  it('gives each event as one JSON object, with its position as id and its kind as event', async () => {
    const place = memoryPlace();
    const api = await startApi(place);
    const writer = recordWriter(await journalOf(await connectTo(place, 'worker')));
    const follower = await followEvents(api, 'kind=charger.booted&kind=meter.values&charger=CP1');
    await writer.state('CP1', ['charger.connected', 'charger.booted']);
    await writer.state('CP2', ['charger.booted']);
    await writer.state('acme/CP1', ['charger.booted']);
    await writer.meter('CP1');
    await came(follower, 'e5');
    expect(follower.events).toEqual(['e2', 'e5']);
    expect(follower.data[0]).toEqual({
      tenant: 'default',
      charger: 'CP1',
      id: 'e2',
      kind: 'charger.booted',
      at: '2026-03-01T12:00:00.000Z',
      recordedAt: '2026-03-01T12:00:00.000Z',
      session: 's1',
      data: { number: 2 },
    });
    expect(follower.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const all = await followEvents(api, 'tenant=*&from=oldest');
    await came(all, 'e5');
    expect(all.events).toEqual(ids(1, 5));
    await api.stop();
    await waitUntil('both streams end', () => follower.ended() && all.ended());
  });

  it('refuses what is no position, kind or identity, and a stream too many, with a problem', async () => {
    const api = await startApi(memoryPlace(), { VOLTLANE_API_STREAMS_PER_KEY_MAX: '1' });
    const problem = async (query: string, headers: Record<string, string> = {}): Promise<string> => {
      const response = await api.get(`/v1/events?${query}`, headers);
      const body: unknown = await response.json();
      const { code, path } = { code: '', path: '', ...(typeof body === 'object' ? body : {}) };
      return `${response.status} ${code} ${path}`;
    };
    expect(await problem('after=x')).toBe('400 invalid-request /query/after');
    expect(await problem('', { 'last-event-id': 'x' })).toBe('400 invalid-request /headers/last-event-id');
    expect(await problem('kind=no.kind')).toMatch(/^400 invalid-request \/query\/kind/);
    expect(await problem('charger=a%2Fb')).toBe('400 invalid-request /query/charger');
    await followEvents(api, '');
    expect(await problem('')).toBe('429 too-many-streams ');
    const other = await fetch(`${api.url}/v1/events`);
    expect(other.status).toBe(401);
    await api.stop();
  });

  it('drops a client that does not read its socket, and lets others go on', async () => {
    const place = memoryPlace();
    const api = await startApi(place, { VOLTLANE_API_STREAM_STALL_MS: '1000' });
    const writer = recordWriter(await journalOf(await connectTo(place, 'worker')));
    const quick = await followEvents(api, '');
    const port = Number(new URL(api.url).port);
    const socket = connectSocket(port, '127.0.0.1');
    let closed = false;
    socket.once('close', () => {
      closed = true;
    });
    socket.on('error', () => {});
    socket.write(`GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
    await waitUntil('the response begins', () => socket.bytesRead > 0 || socket.readableLength > 0);
    socket.pause();
    const metrics = async (): Promise<string> => {
      const response = await api.get('/metrics');
      return response.text();
    };
    await waitUntil(
      'the stalled stream is ended',
      async () => {
        for (let index = 0; index < 20; index += 1) await writer.state('CP1', Array(500).fill('connector.status'));
        return /streams_ended_total\{reason="stalled",service="api"\} 1/.test(await metrics());
      },
      { timeoutMs: 60_000 },
    );
    socket.resume();
    await waitUntil('its socket closes', () => closed);
    const { length } = writer.written.get('CP1') ?? [];
    await came(quick, `e${length}`);
    expect(quick.events).toEqual(ids(1, length));
    await api.stop();
  });
});

describe('a stream over NATS', () => {
  async function withServer(run: (server: NatsServer) => Promise<void>): Promise<void> {
    const server = await startNatsServer();
    try {
      await run(server);
    } finally {
      await server.stop();
    }
  }

  it('goes on in another process of the api where it was, in the middle of a record', () =>
    withServer(async (server) => {
      const place = { urls: [server.url] };
      const bus = await connectTo(place, 'worker');
      const writer = recordWriter(await journalOf(bus));
      const first = await startApi(place);
      const before = await followEvents(first, '');
      for (let index = 0; index < 10; index += 1)
        await writer.state('CP1', ['charger.connected', 'charger.booted', 'connector.status']);
      await came(before, 'e30');
      await first.stop();
      for (let index = 0; index < 10; index += 1) await writer.meter('CP2');
      const second = await startApi(place);
      const after = await followEvents(second, '', before.lastId());
      await came(after, 'e40');
      expect([...before.events, ...after.events]).toEqual(ids(1, 40));
      const inside = await followEvents(second, 'after=5-0');
      await came(inside, 'e40');
      expect(inside.events).toEqual(ids(14, 40));
      await second.stop();
      await bus.close();
    }));

  it('gives back the place of a client that goes before its stream has begun', () =>
    withServer(async (server) => {
      const api = await startApi({ urls: [server.url] }, { VOLTLANE_API_STREAMS_PER_KEY_MAX: '3' });
      for (let client = 0; client < 60; client += 1) {
        const socket = connectSocket(Number(new URL(api.url).port), '127.0.0.1');
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.write(`GET /v1/events?after=1-0 HTTP/1.1\r\nhost: api\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
        // The request is being worked on; opening the first stream asks NATS several times.
        await new Promise((resolve) => setTimeout(resolve, 1));
        socket.destroy();
      }
      await waitUntil('a place is free', async () => (await api.get('/v1/events')).status === 200);
      await api.stop();
    }));

  it('stays open and misses nothing while the nats-server is killed and started again', () =>
    withServer(async (server) => {
      const place = { urls: [server.url] };
      const bus = await connectTo(place, 'worker');
      const writer = recordWriter(await journalOf(bus));
      const api = await startApi(place);
      const follower = await followEvents(api, '');
      for (let index = 0; index < 20; index += 1) await writer.meter('CP1');
      await came(follower, 'e20');
      await server.kill();
      await server.restart();
      await waitUntil('the worker is connected', () => bus.status() === 'connected');
      for (let index = 0; index < 20; index += 1) await writer.meter('CP1');
      await came(follower, 'e40');
      expect(follower.events).toEqual(ids(1, 40));
      // Who comes back meanwhile finds its place as well.
      const again = await followEvents(api, '', '10-0');
      await came(again, 'e40');
      expect(again.events).toEqual(ids(11, 40));
      await api.stop();
      await bus.close();
    }));

  it('stays open and misses nothing when the leader of the journal dies and another takes over', async () => {
    const cluster = await startNatsCluster(3);
    try {
      const place = { urls: cluster.urls };
      const bus = await connectTo(place, 'worker');
      const writer = recordWriter(await journalOf(bus, 3));
      const api = await startApi(place, { VOLTLANE_NATS_REPLICAS: '3', VOLTLANE_STOP_DEADLINE_MS: '2000' });
      const live = await followEvents(api, '');
      for (let index = 0; index < 30; index += 1) await writer.meter('CP1');
      await came(live, 'e30');
      await cluster.servers[await leaderOf(cluster)]?.kill();
      let events = 30;
      for (let index = 0; index < 30; index += 1) {
        await retrying(() => writer.meter('CP1'));
        events = writer.written.get('CP1')?.length ?? 0;
      }
      await came(live, `e${events}`, 30_000);
      const resumed = await followEvents(api, '', '10-0');
      await came(resumed, `e${events}`, 30_000);
      // A write whose acknowledgement was lost was repeated under another id; all that is there was seen, in order.
      expect(firsts(live.events)).toEqual(live.events);
      expect(resumed.events).toEqual(live.events.slice(10));
      await api.stop();
      await bus.close();
    } finally {
      await cluster.stop();
    }
  });
});

async function leaderOf(cluster: NatsCluster): Promise<number> {
  const client = await connect({ servers: [...cluster.urls] });
  const info = await (await client.jetstreamManager()).streams.info('VOLTLANE_EVENTS');
  await client.close();
  return Number(info.cluster?.leader?.slice(1)) - 1;
}

async function retrying(write: () => Promise<unknown>): Promise<void> {
  await waitUntil(
    'the journal takes a record',
    async () => {
      await write();
      return true;
    },
    { timeoutMs: 30_000 },
  );
}
