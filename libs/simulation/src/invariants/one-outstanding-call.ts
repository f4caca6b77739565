/** OCPP-J 1.6 §4.1.1, 2.x Part 4 §4.1: no side sends a CALL while one of its own is unanswered, unless that one has timed out. */
import type { CreateInvariant, Invariant } from '../invariant.ts';

interface Open {
  readonly messageId: string;
  readonly sinceMs: number;
}

/** Shortest time after which a side may take a CALL for lost: commands time out later, chargers too. */
const TIMEOUT_MS = 10_000;

/** Watches frames. */
export const oneOutstandingCall: CreateInvariant = (report): Invariant => {
  const open = new Map<string, Open>();
  return {
    name: 'one-outstanding-call',
    sentence: 'Each side of a socket has at most one CALL without an answer.',
    link({ id }, what): void {
      if (what !== 'chargerClosed') return;
      open.delete(`${id} up`);
      open.delete(`${id} down`);
    },
    frame(link, way, { type, messageId }, nowMs): void {
      if (type === 'call') {
        const key = `${link.id} ${way}`;
        const before = open.get(key);
        if (before !== undefined && nowMs - before.sinceMs < TIMEOUT_MS)
          report(link.charger, `CALL ${messageId} went ${way} on socket ${link.id} while ${before.messageId} waits`);
        open.set(key, { messageId, sinceMs: nowMs });
        return;
      }
      const key = `${link.id} ${way === 'up' ? 'down' : 'up'}`;
      if (open.get(key)?.messageId === messageId) open.delete(key);
    },
  };
};
