/** Waiting with a limit. Owns no state; every wait leaves neither timer nor listener behind, however it ends. */
import type { Clock } from './clock.ts';
import { TimeoutError } from './errors.ts';

/** Resolves after `ms`. With a signal, rejects with the signal's reason (an Error around it if it is none) once it is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) {
    return new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  }
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError(signal));
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(abortError(signal));
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Follows `promise` for at most `ms`, then rejects with `TimeoutError` naming `what`. The work itself is not stopped. */
export function withTimeout<T>(clock: Clock, promise: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new TimeoutError(what, ms)));
    promise.finally(cancel).then(resolve, reject);
  });
}

function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
