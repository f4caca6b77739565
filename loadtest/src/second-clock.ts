/**
 * Generators tell where they stand after the turn of each second of the wall clock, and the coordinator closes the second a little later:
 * otherwise the two would drift past each other, and a second would hold two ticks or none.
 */

/**
 * Within this much of a second, ms, generators tick, one after the other: what each has to put together for it would otherwise keep a machine busy
 * for all of them at once, and calls wait.
 */
export const TICK_SPREAD_MS = 250;
/** When the coordinator closes the second: ticks have travelled by then, also from machines whose clock is a little off. */
export const CLOSE_OFFSET_MS = 400;

/** Calls `fire` once a second at this offset until cancelled; keeps the process alive. */
export function everySecond(offsetMs: number, fire: () => void): () => void {
  let timer: NodeJS.Timeout;
  const plan = (): void => {
    const intoMs = (Date.now() - offsetMs) % 1000;
    // A timer may come a moment early; never twice in the same second.
    timer = setTimeout(turn, intoMs > 900 ? 2000 - intoMs : 1000 - intoMs);
  };
  const turn = (): void => {
    plan();
    fire();
  };
  plan();
  return () => clearTimeout(timer);
}
