/** Partitions nobody listens for: what an edge does while there are some, and that it does nothing while there are none. */
import { createMemoryBus } from '@voltlane/bus';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import { chargerId, createSubjects, edgeId, epoch, partitionId, sessionId, tenant, type Uplink } from '@voltlane/wire';
import { expect, it } from 'vitest';
import { createUplinks, type Sender } from '../src/uplink.ts';
import { createCountingMetrics } from './counting-metrics.ts';

const PARTITION = partitionId(3);
const EDGE = edgeId('e1');
const SESSION = sessionId('s1');
const CALL: Uplink = {
  tenant: tenant('default'),
  chargerId: chargerId('CP1'),
  edgeId: EDGE,
  sessionId: SESSION,
  version: '1.6',
  openedAgoMs: 0,
  kind: 'call',
  seq: 1,
  messageId: 'm1',
  action: 'Heartbeat',
  payload: '{}',
  receivedAtMs: 1_767_225_600_000,
  budgetMs: 30_000,
  send: false,
  deviations: [],
};

it('looks for partitions that nobody listens for, and only while there are some', () => {
  const clock = createFakeClock();
  const subjects = createSubjects();
  const bus = createMemoryBus({ clock }).connect('edge');
  const metrics = createCountingMetrics();
  const numbers: number[] = [];
  const uplinks = createUplinks(
    {
      bus,
      clock,
      random: createSeededRandom(1),
      metrics,
      callSubject: (partition) => subjects.call(partition),
      replySubject: (n) => {
        numbers.push(n);
        return subjects.edgeReply(EDGE, n);
      },
    },
    { pendingCallsMax: 10, pendingBytesMax: 1_000, callResendMs: 5_000 },
  );
  const outcomes: string[] = [];
  const sender: Sender = {
    sessionId: SESSION,
    partition: PARTITION,
    openedAtMs: 0,
    ended: false,
    replied: (_seq, outcome) => void outcomes.push(outcome.kind),
    gaveUp: (_seq, why) => void outcomes.push(why),
  };
  const timersOfOne = clock.pendingTimers();
  uplinks.send(sender, CALL, clock.monotonicMs() + 30_000);
  const [n = -1] = numbers;
  expect(clock.pendingTimers()).toBe(timersOfOne);

  uplinks.nobody(n);
  expect(clock.pendingTimers()).toBe(timersOfOne + 1);
  clock.advance(200);
  // The message again, as the probe.
  expect(numbers).toEqual([n, n]);
  uplinks.nobody(n);
  expect(clock.pendingTimers()).toBe(timersOfOne + 1);

  clock.advance(300);
  expect(numbers).toEqual([n, n, n]);
  const reply = { kind: 'reply', sessionId: SESSION, seq: 1, outcome: { kind: 'noted' } } as const;
  expect(uplinks.replied(n, { ...reply, partition: PARTITION, epoch: epoch(1) })).toBe(true);
  expect(outcomes).toEqual(['noted']);
  expect(clock.pendingTimers()).toBe(timersOfOne);
  uplinks.stop();
});
