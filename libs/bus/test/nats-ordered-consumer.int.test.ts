import { type NatsServer, startNatsServer } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { connect, type Msg, type NatsConnection, type SubscriptionOptions } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NatsLogEvent } from '../src/index.ts';
import { JetStreamApi } from '../src/nats/jetstream-api.ts';
import { openNatsJournal } from '../src/nats/journal.ts';
import { NatsLink } from '../src/nats/link.ts';
import { resolveNatsOptions } from '../src/nats/options.ts';
import { startOrderedConsumer } from '../src/nats/ordered-consumer.ts';
import { PublishAcks } from '../src/nats/publish-acks.ts';
import { Replies } from '../src/nats/replies.ts';
import { bytes, fresh, journalOptions } from './harness.ts';

let server: NatsServer;
let client: NatsConnection;

beforeAll(async () => {
  server = await startNatsServer();
  client = await connect({ servers: server.url });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

/** The same connection, but consumer deliveries for which `lose` says so never arrive. */
function losing(lose: (delivery: number) => boolean): NatsConnection {
  let delivery = 0;
  const subscribe = (subject: string, options: SubscriptionOptions = {}): ReturnType<NatsConnection['subscribe']> =>
    client.subscribe(subject, {
      ...options,
      callback: (error, message: Msg) => {
        if (message.reply?.startsWith('$JS.ACK.') === true && lose((delivery += 1))) return;
        options.callback?.(error, message);
      },
    });
  return new Proxy(client, {
    get: (target, name) => (name === 'subscribe' ? subscribe : Reflect.get(target, name, target)),
  });
}

/** What a reader works with, over a client that may be faulty. */
function over(
  faulty: NatsConnection,
  log: (event: NatsLogEvent) => void = () => {},
): { readonly link: NatsLink; readonly replies: Replies; readonly api: JetStreamApi } {
  const link = new NatsLink(faulty, resolveNatsOptions({ urls: server.url, name: 'test', clock: systemClock, log }));
  const replies = new Replies(link, 100);
  replies.start();
  return { link, replies, api: new JetStreamApi(link, replies) };
}

it('notices a lost delivery, hands over nothing out of order, and fetches the lost one', async () => {
  const stream = fresh('stream');
  await (await client.jetstreamManager()).streams.add({ name: stream, subjects: [`${stream}.>`] });
  for (let index = 0; index < 1_000; index += 1) client.publish(`${stream}.x`, String(index));
  await client.flush();
  const log: NatsLogEvent[] = [];
  const lost = new Set([3, 4, 300, 900]);
  const { api } = over(
    losing((delivery) => lost.delete(delivery)),
    (event) => log.push(event),
  );
  const seen: number[] = [];
  const subscription = await startOrderedConsumer(api, {
    stream,
    filter: `${stream}.>`,
    start: 1,
    onMessage: (message) => void seen.push(message.sequence),
  });
  const deadlineMs = systemClock.monotonicMs() + 10_000;
  while (seen.length < 1_000 && systemClock.monotonicMs() < deadlineMs) await sleep(systemClock, 10);
  subscription.unsubscribe();
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  expect(lost.size).toBe(0);
  expect(log.filter((event) => event.kind === 'consumer-restarted').length).toBeGreaterThanOrEqual(3);
});

it('brings no history when deliveries are lost while the newest of each subject come, and all that follows', async () => {
  const stream = fresh('stream');
  await (await client.jetstreamManager()).streams.add({ name: stream, subjects: [`${stream}.>`] });
  for (let index = 0; index < 1_000; index += 1) client.publish(`${stream}.${Math.floor(index / 10)}`, String(index));
  await client.flush();
  const lost = new Set([1, 3, 60, 100, 101, 110]);
  const { api } = over(losing((delivery) => lost.delete(delivery)));
  const seen: number[] = [];
  let readyAfter = -1;
  const subscription = await startOrderedConsumer(api, {
    stream,
    filter: `${stream}.>`,
    start: 'last-per-subject',
    onMessage: (message) => void seen.push(message.sequence),
    onCaughtUp: () => {
      readyAfter = seen.length;
    },
  });
  const until = async (done: () => boolean): Promise<void> => {
    const deadlineMs = systemClock.monotonicMs() + 10_000;
    while (!done() && systemClock.monotonicMs() < deadlineMs) await sleep(systemClock, 10);
  };
  await until(() => readyAfter >= 0);
  for (let index = 0; index < 50; index += 1) client.publish(`${stream}.7`, 'later');
  await until(() => seen.length >= 150);
  subscription.unsubscribe();
  const newest = Array.from({ length: 100 }, (_, index) => 10 * (index + 1));
  const later = Array.from({ length: 50 }, (_, index) => 1_001 + index);
  expect(seen).toEqual([...newest, ...later]);
  expect(readyAfter).toBe(100);
  expect(lost.size).toBe(0);
});

it('misses nothing of a subject that was empty at the start when the first delivery is lost', async () => {
  const lost = new Set([1]);
  const { link, replies, api } = over(losing((delivery) => lost.delete(delivery)));
  const root = fresh('journal');
  const journal = await openNatsJournal(api, new PublishAcks(link, replies), journalOptions(root));
  const subject = `${root}.t.c.meter`;
  const seen: number[] = [];
  const ready = new Promise<void>((resolve) => {
    void journal.consumeNewest(subject, (stored) => void seen.push(stored.sequence), resolve);
  });
  await ready;
  await Promise.all(['1', '2', '3'].map((id) => journal.record(subject, { body: bytes('x'), headers: {} }, id)));
  const deadlineMs = systemClock.monotonicMs() + 8_000;
  while (seen.at(-1) !== 3 && systemClock.monotonicMs() < deadlineMs) await sleep(systemClock, 10);
  expect(seen).toEqual([1, 2, 3]);
});

it('asks again for its first consumer when nobody answers', { timeout: 20_000 }, async () => {
  const stream = fresh('stream');
  await (await client.jetstreamManager()).streams.add({ name: stream, subjects: [`${stream}.>`] });
  client.publish(`${stream}.x`, 'one');
  await client.flush();
  let swallowed = 0;
  const deaf = new Proxy(client, {
    get: (target, name) => {
      if (name !== 'publish') return Reflect.get(target, name, target);
      return (...[subject, ...rest]: Parameters<NatsConnection['publish']>): void => {
        if (subject.startsWith('$JS.API.CONSUMER.CREATE.') && swallowed === 0) swallowed += 1;
        else target.publish(subject, ...rest);
      };
    },
  });
  const { api } = over(deaf);
  const seen: number[] = [];
  const subscription = await startOrderedConsumer(api, {
    stream,
    filter: `${stream}.>`,
    start: 1,
    onMessage: (message) => void seen.push(message.sequence),
  });
  while (seen.length === 0) await sleep(systemClock, 10);
  subscription.unsubscribe();
  expect(swallowed).toBe(1);
  expect(seen).toEqual([1]);
});
