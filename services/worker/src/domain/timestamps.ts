/** How far a charger's clock can be believed. Never looks at our clock by itself: the time of receipt comes in. */
import { isoTime, parseExactIsoTime, parseIsoTime } from '@voltlane/time';

/** When something happened, by the best account there is. */
export interface ReportedTime {
  /** Milliseconds since epoch. */
  readonly ms: number;
  /** The same as ISO 8601 UTC. */
  readonly iso: string;
  /** The charger's own text, set only when it could not be believed and `ms` is the time of receipt instead. */
  readonly reportedAt: string | undefined;
}

/** Before this a charger's clock was never set: 2000-01-01T00:00:00Z. */
export const CLOCK_SET_SINCE_MS = 946_684_800_000;
/** A charger's clock may run ahead of ours by this much before it is called wrong: a day, which covers local time labelled UTC. */
export const CLOCK_AHEAD_MAX_MS = 86_400_000;

/** The charger's time where it can be believed, else the time of receipt with the charger's text beside it. */
export function reportedTime(text: string | undefined, nowMs: number): ReportedTime {
  if (text === undefined) return { ms: nowMs, iso: isoTime(nowMs), reportedAt: undefined };
  const exactMs = parseExactIsoTime(text);
  const ms = exactMs ?? parseIsoTime(text);
  if (ms === undefined || ms < CLOCK_SET_SINCE_MS || ms > nowMs + CLOCK_AHEAD_MAX_MS) {
    return { ms: nowMs, iso: isoTime(nowMs), reportedAt: text };
  }
  return { ms, iso: exactMs === undefined ? isoTime(ms) : text, reportedAt: undefined };
}
