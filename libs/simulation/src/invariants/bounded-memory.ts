/** Nothing grows with time: mailboxes, calls without an answer, actors, states, messages under way, timers. */
import type { CreateInvariant, Invariant, Levels } from '../invariant.ts';

/** Bounds of levels by metric, as a share of the number of chargers. A charger has one call outstanding, and a socket or two. */
const PER_CHARGER: Readonly<Record<string, number>> = {
  edge_connections: 2,
  edge_sessions: 6,
  edge_pending: 6,
  worker_actors: 1,
  worker_mailbox_messages: 40,
};
/** Small worlds have bursts, too. */
const SLACK = 50;
/** The state of a charger with one connector; its lists have bounds of their own. */
const STATE_CHARS_MAX = 16_384;
const UNDER_WAY_PER_CHARGER = 60;
/** A charger has a handful of timers; each message under way has one. */
const TIMERS_PER_CHARGER = 100;

/** Watches levels and states. */
export const boundedMemory: CreateInvariant = (report): Invariant => ({
  name: 'bounded-memory',
  sentence:
    'Mailboxes, pending calls, sessions, actors, states, messages under way and timers stay within bounds of the number of chargers.',
  recorded({ charger, stateChars }): void {
    if (stateChars > STATE_CHARS_MAX) report(charger, `the private state has ${stateChars} characters`);
  },
  levels(levels: Levels): void {
    const { chargers, nodes, underWay, timers, dropped } = levels;
    const check = (what: string, level: number, perCharger: number): void => {
      const bound = chargers * perCharger + SLACK;
      if (level > bound) report(undefined, `${what} is ${level}, above ${bound}`);
    };
    for (const [node, read] of nodes) {
      for (const [metric, perCharger] of Object.entries(PER_CHARGER)) {
        const level = read.get(metric);
        if (level !== undefined) check(`${metric} of ${node}`, level(), perCharger);
      }
    }
    check('messages under way', underWay, UNDER_WAY_PER_CHARGER);
    check('timers', timers, TIMERS_PER_CHARGER);
    if (dropped > 0) report(undefined, `the bus dropped ${dropped} messages because too many were under way`);
  },
});
