/** The end of any socket counts as the end of the charger's present session. */
import { decodeUplink, encodeUplink, type SessionId } from '@voltlane/wire';
import type { Mutation } from '../mutation.ts';

/** Makes the mutation; it learns which session is the newest from the messages themselves. */
export function createStaleClose(): Mutation {
  const newest = new Map<string, SessionId>();
  return {
    name: 'stale-close',
    removes: 'The end of a replaced socket is accepted as the end of the new one.',
    foundBy: ['newest-socket', 'convergence'],
    received: (message, { node }) => {
      if (!node.startsWith('worker') || !message.subject.includes('.call.')) return message;
      const uplink = decodeUplink(message.data);
      const known = newest.get(uplink.chargerId);
      if (known === undefined || uplink.sessionId > known) newest.set(uplink.chargerId, uplink.sessionId);
      if (uplink.kind !== 'sessionClosed' || known === undefined) return message;
      return { ...message, data: encodeUplink({ ...uplink, sessionId: known }) };
    },
  };
}
