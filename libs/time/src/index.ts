/** Public face of `@voltlane/time`. */
export { type BackoffOptions, backoffMs } from './backoff.ts';
export type { CancelTimer, Clock } from './clock.ts';
export { Deadlines } from './deadlines.ts';
export { type TimeErrorCode, TimeoutError } from './errors.ts';
export { createFakeClock, FAKE_CLOCK_START_MS, type FakeClock } from './fake-clock.ts';
export { randomId, sortableId } from './ids.ts';
export { isoTime, parseExactIsoTime, parseIsoTime } from './iso-time.ts';
export type { Random } from './random.ts';
export { createSeededRandom } from './seeded-random.ts';
export { systemClock } from './system-clock.ts';
export { systemRandom } from './system-random.ts';
export { atTurnEnd } from './turn-end.ts';
export { sleep, withTimeout } from './waiting.ts';
