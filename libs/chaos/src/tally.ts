/** Counts what chargers saw go wrong, and what went well, from their own event logs. */

import type { EventSink } from '@voltlane/charger';

/** Counters since the start, or between two moments. */
export interface Sightings {
  readonly sent: number;
  readonly answered: number;
  /** CALLERRORs received. */
  readonly errors: number;
  /** Calls the charger gave up after its own timeout. */
  readonly timeouts: number;
  /** Calls outstanding when the socket closed; the charger sends them again. */
  readonly cut: number;
  /** Frames or answers that break their schema. */
  readonly badFrames: number;
  /** Transaction messages the charger gave up for good. */
  readonly discarded: number;
  readonly disconnects: number;
  /** Dials that failed: connection refused, or an HTTP status instead of the upgrade. */
  readonly refusedDials: number;
  readonly connects: number;
}

/** The counters and their sink. */
export interface Tally {
  /** A sink for one charger. */
  sink(): EventSink;
  now(): Sightings;
  /** Some of what went wrong, in words. */
  examples(): readonly string[];
}

const EXAMPLES_MAX = 20;

/** Starts at zero. */
export function createTally(): Tally {
  const counts = {
    sent: 0,
    answered: 0,
    errors: 0,
    timeouts: 0,
    cut: 0,
    badFrames: 0,
    discarded: 0,
    disconnects: 0,
    refusedDials: 0,
    connects: 0,
  };
  const examples: string[] = [];
  const example = (text: string): void => {
    if (examples.length < EXAMPLES_MAX) examples.push(text);
  };
  return {
    sink: () => {
      let outstanding = 0;
      return (event) => {
        switch (event.kind) {
          case 'sent':
            counts.sent += 1;
            outstanding += 1;
            return;
          case 'answered':
            counts.answered += 1;
            outstanding -= 1;
            return;
          case 'refused':
            counts.errors += 1;
            outstanding -= 1;
            example(`${event.action} got ${event.code} ${event.description}`);
            return;
          case 'timed-out':
            counts.timeouts += 1;
            outstanding -= 1;
            example(`${event.action} timed out`);
            return;
          case 'bad-frame':
            counts.badFrames += 1;
            example(`bad frame: ${event.reason} ${event.description}`);
            return;
          case 'discarded':
            counts.discarded += 1;
            example(`${event.action} discarded after ${event.attempts} attempts`);
            return;
          case 'disconnected':
            counts.disconnects += 1;
            counts.cut += outstanding;
            outstanding = 0;
            return;
          case 'connect-failed':
            counts.refusedDials += 1;
            return;
          case 'connected':
            counts.connects += 1;
            return;
          default:
        }
      };
    },
    now: () => ({ ...counts }),
    examples: () => examples,
  };
}

/** What was seen between two moments. */
export function sightingsBetween(before: Sightings, after: Sightings): Sightings {
  return {
    sent: after.sent - before.sent,
    answered: after.answered - before.answered,
    errors: after.errors - before.errors,
    timeouts: after.timeouts - before.timeouts,
    cut: after.cut - before.cut,
    badFrames: after.badFrames - before.badFrames,
    discarded: after.discarded - before.discarded,
    disconnects: after.disconnects - before.disconnects,
    refusedDials: after.refusedDials - before.refusedDials,
    connects: after.connects - before.connects,
  };
}
