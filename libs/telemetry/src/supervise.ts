/**
 * How a process ends. SIGTERM or SIGINT stops it within the deadline and exits with 0; a second signal, the deadline or an
 * error nobody caught exits with 1. Another process takes over: nothing here tries to go on after a programmer error.
 */
import type { Clock } from '@voltlane/time';
import type { Logger } from './log.ts';

/** The part of `process` that is used, so that a test can play it. */
export interface ProcessPort {
  on(event: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/** What supervision needs. */
export interface SuperviseOptions {
  readonly log: Pick<Logger, 'info' | 'error' | 'fatal'>;
  readonly clock: Clock;
  /** Stops everything; should give up by itself when `signal` aborts (at the deadline). */
  readonly stop: (signal: AbortSignal) => Promise<void>;
  readonly deadlineMs: number;
  readonly process: ProcessPort;
}

/**
 * A signal repeated within this time is the same request: a terminal sends SIGINT to the whole group and npm passes its
 * own copy on to the child as well.
 */
const REPEAT_MS = 500;

/** Installs the handlers. Returns a function that stops the process as SIGTERM would. */
export function superviseProcess(options: SuperviseOptions): (reason: string) => void {
  const { log, clock } = options;
  const deadline = new AbortController();
  let stoppingSinceMs: number | undefined;

  const onSignal = (reason: string): void => {
    const nowMs = clock.monotonicMs();
    if (stoppingSinceMs !== undefined) {
      if (nowMs - stoppingSinceMs < REPEAT_MS) return;
      log.error({ reason }, 'second signal, exiting at once');
      options.process.exit(1);
      return;
    }
    stoppingSinceMs = nowMs;
    log.info({ reason, deadlineMs: options.deadlineMs }, 'stopping');
    const cancel = clock.after(options.deadlineMs, () => {
      deadline.abort();
      log.error({ deadlineMs: options.deadlineMs }, 'stop deadline passed, exiting');
      options.process.exit(1);
    });
    void options.stop(deadline.signal).then(
      () => {
        cancel();
        log.info({ tookMs: Math.round(clock.monotonicMs() - nowMs) }, 'stopped');
        options.process.exit(0);
      },
      (error: unknown) => {
        cancel();
        log.error({ err: error }, 'stop failed');
        options.process.exit(1);
      },
    );
  };
  const onCrash = (error: unknown): void => {
    log.fatal({ err: error }, 'error nobody caught');
    options.process.exit(1);
  };

  options.process.on('SIGTERM', onSignal);
  options.process.on('SIGINT', onSignal);
  options.process.on('uncaughtException', onCrash);
  options.process.on('unhandledRejection', onCrash);
  return onSignal;
}
