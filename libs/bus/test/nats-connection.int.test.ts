import { startNatsServer } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bus, connectNats, type NatsLogEvent, type NatsOptions } from '../src/index.ts';
import { bytes, fresh, journalOptions } from './harness.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connected(
  options: Partial<NatsOptions> & Pick<NatsOptions, 'urls'>,
): Promise<{ bus: Bus; log: NatsLogEvent[] }> {
  const log: NatsLogEvent[] = [];
  const bus = await connectNats({ name: 'test', clock: systemClock, log: (event) => log.push(event), ...options });
  cleanups.push(() => bus.close());
  return { bus, log };
}

async function server(options: Parameters<typeof startNatsServer>[0] = {}): ReturnType<typeof startNatsServer> {
  const started = await startNatsServer(options);
  cleanups.push(() => started.stop());
  return started;
}

async function becomes(bus: Bus, status: string, withinMs: number): Promise<number> {
  const startMs = systemClock.monotonicMs();
  while (bus.status() !== status) {
    if (systemClock.monotonicMs() - startMs > withinMs) throw new Error(`not ${status} within ${withinMs} ms`);
    await sleep(systemClock, 5);
  }
  return systemClock.monotonicMs() - startMs;
}

describe('connection to a real server', () => {
  it('reconnects after an outage longer than any back-off', async () => {
    const nats = await server();
    const { bus, log } = await connected({ urls: nats.url, reconnectWaitMsMax: 100 });
    await nats.kill();
    await becomes(bus, 'disconnected', 2_000);
    await sleep(systemClock, 1_500);
    await nats.restart();
    await becomes(bus, 'connected', 1_000);
    expect(log.map((event) => event.kind)).toEqual(['connected', 'disconnected', 'reconnected']);
  });

  it('notices a server that stands still within ping interval × (pings out + 1), and comes back when it goes on', async () => {
    const nats = await server();
    const { bus } = await connected({
      urls: nats.url,
      pingIntervalMs: 150,
      pingsOutMax: 2,
      connectTimeoutMs: 300,
      reconnectWaitMsMax: 100,
    });
    nats.freeze();
    expect(await becomes(bus, 'disconnected', 3_000)).toBeLessThan(150 * 3 + 250);
    nats.resume();
    await becomes(bus, 'connected', 3_000);
    await bus.flush();
  });

  it('lets go of a server that stands still also when the socket is full', async () => {
    const nats = await server();
    const { bus, log } = await connected({
      urls: nats.url,
      pingIntervalMs: 150,
      pingsOutMax: 2,
      connectTimeoutMs: 300,
      reconnectWaitMsMax: 100,
    });
    nats.freeze();
    const chunk = new Uint8Array(500_000);
    for (let index = 0; index < 60; index += 1) bus.publish('heavy', chunk);
    const tookMs = await becomes(bus, 'disconnected', 5_000);
    expect(tookMs).toBeLessThan(150 * 3 + 250 + 600);
    expect(log.map((event) => event.kind)).toContain('stale-connection-forced');
    nats.resume();
    await becomes(bus, 'connected', 3_000);
    await bus.flush();
  });

  it('drops and counts publishes once too much is unconfirmed, and refuses writes', async () => {
    const nats = await server();
    const { bus } = await connected({ urls: nats.url, outboundBytesMax: 4_000_000 });
    const root = fresh('j');
    const journal = await bus.journal(journalOptions(root));
    nats.freeze();
    const chunk = new Uint8Array(500_000);
    for (let index = 0; index < 20; index += 1) bus.publish('heavy', chunk);
    expect(bus.stats()).toMatchObject({ publishes: 7, publishesDropped: 13 });
    const large = { body: new Uint8Array(900_000), headers: {} };
    await expect(journal.append(`${root}.t.c.state`, large, 0)).rejects.toMatchObject({ code: 'overloaded' });
    nats.resume();
    await bus.flush();
    bus.publish('heavy', chunk);
    expect(bus.stats().publishes).toBe(8);
  });

  it('fails at once when nobody is there, unless told to wait', async () => {
    const nats = await server();
    await nats.kill();
    await expect(connected({ urls: nats.url })).rejects.toMatchObject({ code: 'connect-failed', retryable: true });
    const waiting = connected({ urls: nats.url, waitOnFirstConnect: true, reconnectWaitMsMax: 50 });
    await sleep(systemClock, 200);
    await nats.restart();
    const { bus, log } = await waiting;
    expect(bus.status()).toBe('connected');
    expect(log[0]).toMatchObject({ kind: 'connect-failed' });
  });

  it('gives up waiting for the first connect when told so', async () => {
    const nats = await server();
    await nats.kill();
    const stop = new AbortController();
    const waiting = connected({ urls: nats.url, waitOnFirstConnect: true, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
  });

  it('says that credentials were refused, also when told to wait', async () => {
    const nats = await server({ config: 'authorization { user: u, password: p }' });
    await expect(connected({ urls: nats.url, waitOnFirstConnect: true })).rejects.toMatchObject({
      code: 'not-authorized',
    });
    await expect(connected({ urls: nats.url, user: 'u', pass: 'x' })).rejects.toMatchObject({
      code: 'not-authorized',
      retryable: false,
    });
    const { bus } = await connected({ urls: nats.url, user: 'u', pass: 'p' });
    await bus.flush();
  });

  it('takes a token, and any of several servers', async () => {
    const nats = await server({ config: 'authorization { token: secret }' });
    const { bus } = await connected({ urls: ['nats://127.0.0.1:1', nats.url], token: 'secret' });
    await bus.flush();
    expect(bus.status()).toBe('connected');
  });

  it('reports a subscription the server refuses', async () => {
    const nats = await server({
      config:
        'authorization { users: [{ user: u, password: p, permissions: { subscribe: ["_INBOX.>"], publish: [">"] } }] }',
    });
    const errors: unknown[] = [];
    const { bus } = await connected({ urls: nats.url, user: 'u', pass: 'p', onError: (error) => errors.push(error) });
    bus.subscribe('secret.>', () => {});
    await bus.flush();
    await sleep(systemClock, 50);
    expect(errors).toMatchObject([{ code: 'not-authorized' }]);
    expect(bus.status()).toBe('connected');
  });

  it('refuses requests beyond the limit and forgets none', async () => {
    const nats = await server();
    const { bus } = await connected({ urls: nats.url, pendingRequestsMax: 10 });
    bus.subscribe('slow', () => {});
    const ends = await Promise.allSettled(Array.from({ length: 15 }, () => bus.request('slow', bytes(''), 100)));
    const codes = ends.map((end) => (end.status === 'rejected' ? String(end.reason.code) : 'answered'));
    expect(codes).toEqual([...Array(10).fill('timeout'), ...Array(5).fill('overloaded')]);
    expect(bus.stats()).toMatchObject({ pendingRequests: 0, overloads: 5 });
  });

  it('counts answers that come after the deadline', async () => {
    const nats = await server();
    const { bus } = await connected({ urls: nats.url });
    const replies: string[] = [];
    bus.subscribe('slow', (message) => replies.push(message.reply ?? ''));
    await expect(bus.request('slow', bytes(''), 30)).rejects.toMatchObject({ code: 'timeout' });
    bus.publish(replies[0] ?? '', bytes('late'));
    await bus.flush();
    await sleep(systemClock, 20);
    expect(bus.stats().lateReplies).toBe(1);
  });
});
