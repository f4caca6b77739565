/**
 * A charger's messages are handled, recorded and answered in the order it sent them: while it sends them all at once, while the bus
 * loses and delays some, and while its partition moves from one worker to another.
 */
import type { MemoryFaults } from '@voltlane/bus';
import { waitUntil } from '@voltlane/testkit';
import { createSeededRandom } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import type { FramePeer } from './frame-peer.ts';
import { bootedPeer } from './frame-peer.ts';
import type { MemoryBrokerSet } from './memory-broker.ts';
import { startMemoryBroker } from './memory-broker.ts';

let broker: MemoryBrokerSet;
const peers: FramePeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.terminate();
  await broker.stop();
});

const CHARGERS = 6;
const MESSAGES = 40;

/** One in eight messages between edge and workers is lost, one in four comes late. */
const badLinks = (): MemoryFaults => {
  const random = createSeededRandom(3);
  return {
    deliver: ({ from, to }) => {
      if ((from === 'edge') === (to === 'edge')) return 'pass';
      const dice = random.next();
      if (dice < 0.125) return 'drop';
      return dice < 0.375 ? { delayMs: Math.ceil(random.next() * 10) } : 'pass';
    },
  };
};

const sendAll = (peer: FramePeer): void => {
  for (let n = 0; n < MESSAGES; n += 1) {
    peer.send(
      `[2,"m${n}","SecurityEventNotification",{"type":"E${n}","timestamp":"2026-01-01T00:00:00Z","techInfo":"${n}"}]`,
    );
  }
};
const expected = Array.from({ length: MESSAGES }, (_, n) => `m${n}`);
const answeredIds = (peer: FramePeer): string[] =>
  peer.frames.flatMap((frame) => /^\[3,"(m\d+)"/.exec(frame)?.[1] ?? []);

describe('order per charger', () => {
  it.each([
    ['on a good bus', undefined, 1],
    ['on a bus that loses and delays messages', badLinks(), 1],
    ['while partitions move between workers on such a bus', badLinks(), 2],
  ] as const)('holds %s', async (_where, faults, workers) => {
    const env = { VOLTLANE_CALL_RESEND_MS: '50', VOLTLANE_INBOUND_QUEUE_CALLS_MAX: '8' };
    broker = await startMemoryBroker({ ...(faults === undefined ? {} : { faults }), workers, env });
    for (let n = 0; n < CHARGERS; n += 1) peers.push(await bootedPeer(broker.ocppUrl, `CP-${n}`));
    for (const peer of peers) sendAll(peer);
    if (workers > 1) {
      await waitUntil('some are answered', () => peers.some((peer) => answeredIds(peer).length > MESSAGES / 4));
      await broker.stopWorker(0);
    }
    for (const peer of peers) {
      await waitUntil('all messages of a charger are answered', () => {
        if (answeredIds(peer).length >= MESSAGES) return true;
        throw new Error(`${answeredIds(peer).length} of ${MESSAGES}`);
      });
      expect(answeredIds(peer)).toEqual(expected);
    }
    const recorded = new Map<string, string[]>();
    for (const { record } of await broker.history()) {
      const messageId = record.source?.messageId;
      if (messageId === undefined || !messageId.startsWith('m')) continue;
      recorded.set(record.charger, [...(recorded.get(record.charger) ?? []), messageId]);
    }
    expect(recorded.size).toBe(CHARGERS);
    for (const ids of recorded.values()) expect(ids).toEqual(expected);
  });
});
