/** An edge takes messages of any worker, past owners included. */
import { decodeDownlink, type Epoch, encodeDownlink } from '@voltlane/wire';
import type { Mutation } from '../mutation.ts';

/** Makes the mutation: a message with a past epoch comes with the highest the edge has seen. */
export function createEdgeIgnoresEpochs(): Mutation {
  const highest = new Map<string, Epoch>();
  return {
    name: 'edge-ignores-epochs',
    removes: 'Edges no longer drop messages with an epoch below the highest they have seen for the partition.',
    shownBy: ['busDelay', 'crash', 'stop'],
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
