/**
 * Seen at the charger's end of a socket: each CALL gets at most one answer, and only CALLs are answered. Whether it gets one at all
 * is decided by time: an edge that lives answers within its deadline.
 */
import type { CreateInvariant, Invariant } from '../invariant.ts';

interface Calls {
  /** CALLs without an answer, with the time they were sent. */
  readonly up: Map<string, number>;
  readonly down: Map<string, number>;
  /** The newest ids that were answered. */
  readonly answered: string[];
}

/** Ids remembered to tell a second answer from a wild one. */
const ANSWERED_MAX = 16;

/** Watches frames. */
export const callsAnswered: CreateInvariant = (report): Invariant => {
  const links = new Map<number, Calls>();
  return {
    name: 'calls-answered',
    sentence: 'Each CALL is answered at most once, and nothing is answered that was not asked.',
    link({ id }, what): void {
      if (what === 'chargerClosed') links.delete(id);
    },
    frame(link, way, { type, messageId, action }, nowMs): void {
      let calls = links.get(link.id);
      if (calls === undefined) {
        calls = { up: new Map(), down: new Map(), answered: [] };
        links.set(link.id, calls);
      }
      if (type === 'call') {
        (way === 'up' ? calls.up : calls.down).set(messageId, nowMs);
        return;
      }
      if (type === 'other') return;
      const asked = way === 'up' ? calls.down : calls.up;
      if (asked.delete(messageId)) {
        calls.answered.push(messageId);
        if (calls.answered.length > ANSWERED_MAX) calls.answered.shift();
      } else {
        const again = calls.answered.includes(messageId);
        report(
          link.charger,
          `${type} ${messageId} ${action} went ${way} ${again ? 'a second time' : 'unasked'} on socket ${link.id}`,
        );
      }
    },
  };
};
