/** Waits for something to become true, and says what is missing when it does not. */

/** Thrown when the wait is over; the message says what was awaited and what was seen last. */
export class WaitError extends Error {
  constructor(what: string, timeoutMs: number, last: string) {
    super(`waited ${timeoutMs} ms for: ${what}; last seen: ${last}`);
    this.name = 'WaitError';
  }
}

/** Options of a wait. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Asks `probe` again and again until it returns something other than undefined or false, and returns that. */
export async function waitUntil<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const deadline = Date.now() + timeoutMs;
  let last = 'nothing';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = String(value);
    } catch (cause) {
      last = cause instanceof Error ? cause.message : String(cause);
    }
    if (Date.now() >= deadline) throw new WaitError(what, timeoutMs, last);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
}
