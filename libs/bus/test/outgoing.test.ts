import { atTurnEnd } from '@voltlane/time';
import { expect, it } from 'vitest';
import { OutgoingQueue } from '../src/nats/outgoing.ts';

const turn = (): Promise<void> => new Promise((done) => atTurnEnd(done));
/** The second brings nothing more. */
const turns = async (): Promise<void> => {
  await turn();
  await turn();
};
const bytes = (length: number): Uint8Array => new Uint8Array(length);

const rig = () => {
  const published: string[] = [];
  const failed: string[] = [];
  const client = {
    closed: false,
    isClosed(): boolean {
      return client.closed;
    },
    publish(subject: string): void {
      if (subject === 'bad') throw new Error('refused');
      published.push(subject);
    },
  };
  return { client, published, failed, queue: new OutgoingQueue(client, (_error, subject) => failed.push(subject)) };
};

it('hands over what was published in one turn when the turn ends, in order', async () => {
  const { published, queue } = rig();
  for (const subject of ['a', 'b', 'c']) queue.push(subject, bytes(1));
  expect(published).toEqual([]);
  await turns();
  expect(published).toEqual(['a', 'b', 'c']);
});

it('waits while each turn brings more, for four turns and with 16 messages at most', async () => {
  const { published, queue } = rig();
  for (let sent = 1; sent <= 5; sent += 1) {
    queue.push('few', bytes(1));
    expect(published).toEqual([]);
    await turn();
  }
  expect(published.length).toBe(5);
  published.length = 0;
  for (let sent = 1; sent <= 16; sent += 1) queue.push('many', bytes(1));
  await turn();
  expect(published.length).toBe(16);
});

it('does not wait with 64 KiB, and keeps the order', async () => {
  const { published, queue } = rig();
  queue.push('a', bytes(1));
  queue.push('b', bytes(65_535));
  expect(published).toEqual(['a', 'b']);
  queue.push('c', bytes(1));
  await turns();
  expect(published).toEqual(['a', 'b', 'c']);
});

it('tells of a message the client refuses, and sends those behind it', async () => {
  const { published, failed, queue } = rig();
  for (const subject of ['a', 'bad', 'b']) queue.push(subject, bytes(1));
  await turns();
  expect([published, failed]).toEqual([['a', 'b'], ['bad']]);
});

it('drops what a closed connection cannot send', async () => {
  const { client, published, failed, queue } = rig();
  queue.push('a', bytes(1));
  client.closed = true;
  await turns();
  expect([published, failed]).toEqual([[], []]);
});
