/** An edge takes messages of any worker, past owners included. */
import { decodeDownlink, type Epoch, encodeDownlink } from '@voltlane/wire';
import type { Fault } from '../fault.ts';
import type { Mutation } from '../mutation.ts';

/**
 * Workers restarted one after the other while messages of all of them take long: only then is a reply of the past owner still on its
 * way, and the call it answers still open, when the edge hears of the next. The new owner answers every call again, so the window is
 * small, and faults at random seldom hit it.
 */
function rollingAndSlow(): readonly Fault[] {
  const fromMs = 90_000;
  const untilMs = 840_000;
  const workers = ['worker-0', 'worker-1', 'worker-2'];
  const slow = workers.map((node, index): Fault => {
    return { id: index + 1, atMs: fromMs, durationMs: untilMs - fromMs, amount: 6_000, kind: 'busDelay', node };
  });
  const stops: Fault[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += 15_000) {
    const id = slow.length + stops.length + 1;
    const node = workers[id % workers.length] ?? '';
    stops.push({ id, atMs, durationMs: 2_000, amount: 0, kind: id % 2 === 0 ? 'stop' : 'crash', node });
  }
  return [...slow, ...stops];
}

/** Makes the mutation: a message with a past epoch comes with the highest the edge has seen. */
export function createEdgeIgnoresEpochs(): Mutation {
  const highest = new Map<string, Epoch>();
  return {
    name: 'edge-ignores-epochs',
    removes: 'Edges no longer drop messages with an epoch below the highest they have seen for the partition.',
    faults: rollingAndSlow(),
    foundBy: ['one-epoch'],
    received: (message, { node }) => {
      if (!node.startsWith('edge') || message.noResponders || !message.subject.includes('.edge.')) return message;
      const downlink = decodeDownlink(message.data);
      const key = `${node} ${downlink.partition}`;
      const known = highest.get(key);
      if (known === undefined || downlink.epoch >= known) {
        highest.set(key, downlink.epoch);
        return message;
      }
      return { ...message, data: encodeDownlink({ ...downlink, epoch: known }) };
    },
  };
}
