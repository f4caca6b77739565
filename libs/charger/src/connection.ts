/**
 * Owns the life of the link: connecting, noticing the loss, waiting and connecting again as OCPP-J Part 4 §5.4 asks.
 * It must never know whether the charger has booted.
 *
 * Invariants: at most one link or one attempt at a time; `onUp` and `onDown` alternate; nothing happens after `stop`.
 */
import type { CancelTimer, Clock, Random } from '@voltlane/time';
import { asChargerError, ChargerError } from './errors.ts';
import type { UntimedEvent } from './events.ts';
import type { ChargerLink, Connect, LinkTarget } from './link.ts';

/** RetryBackOff: how long to wait before connecting again. */
export interface ReconnectPolicy {
  /** First wait. */
  readonly waitMinimumMs: number;
  /** Each wait gets up to this much on top, at random. */
  readonly randomRangeMs: number;
  /** How often the wait doubles; afterwards it stays. */
  readonly repeatTimes: number;
  /** False plays chargers that never come back after a clean close frame. */
  readonly redialAfterCleanClose: boolean;
}

/** What the connection needs from its owner. */
export interface ConnectionDeps {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  /** Read for each attempt: password and quirks may change. */
  target(): LinkTarget;
  /** Read for each wait: the CSMS may change it. */
  policy(): ReconnectPolicy;
  onUp(link: ChargerLink): void;
  onText(text: string): void;
  onDown(error: ChargerError): void;
  note(event: UntimedEvent): void;
}

/** Wait before attempt `attempt` (0 = first after the loss), without the random part; doubles up to `repeatTimes` times. */
export function backOffBaseMs(attempt: number, policy: ReconnectPolicy): number {
  return policy.waitMinimumMs * 2 ** Math.min(attempt, policy.repeatTimes);
}

/** Keeps a link open. */
export class Connection {
  readonly #deps: ConnectionDeps;
  #link: ChargerLink | undefined;
  #attempt = 0;
  /** Grows with each attempt and each stop; what comes from an older one is ignored. */
  #generation = 0;
  #cancelWait: CancelTimer | undefined;
  #stopped = true;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  /** The open link, if any. */
  get link(): ChargerLink | undefined {
    return this.#link;
  }

  /** Connects now and keeps connected. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#attempt = 0;
    void this.#dial();
  }

  /** Ends the link and the wish for one. */
  stop(code: number, reason: string): void {
    this.#stopped = true;
    this.#drop('close', code, reason);
  }

  /** Drops the link and dials again after `delayMs`, as a reboot does. */
  restart(how: 'close' | 'terminate', delayMs: number): void {
    if (this.#stopped) return;
    this.#attempt = 0;
    this.#drop(how, 1000, 'restart');
    this.#wait(delayMs);
  }

  #drop(how: 'close' | 'terminate', code: number, reason: string): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#generation += 1;
    const link = this.#link;
    this.#link = undefined;
    if (link === undefined) return;
    if (how === 'close') link.close(code, reason);
    else link.terminate();
    this.#deps.note({ kind: 'disconnected', code, reason, retryInMs: undefined });
    this.#deps.onDown(
      new ChargerError(this.#stopped ? 'stopped' : 'link-lost', `the charger closed the link: ${reason}`),
    );
  }

  async #dial(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    try {
      const link = await this.#deps.connect(this.#deps.target(), {
        onText: (text) => {
          if (generation === this.#generation) this.#deps.onText(text);
        },
        onClose: (code, reason) => {
          if (generation === this.#generation) this.#lost(code, reason);
        },
      });
      if (generation !== this.#generation) {
        link.terminate();
        return;
      }
      this.#link = link;
      this.#attempt = 0;
      this.#deps.note({ kind: 'connected', subprotocol: link.subprotocol });
      this.#deps.onUp(link);
    } catch (thrown) {
      if (generation === this.#generation) this.#refused(asChargerError(thrown));
    }
  }

  #refused(error: ChargerError): void {
    const retryInMs = Math.max(this.#nextWaitMs(), error.retryAfterMs ?? 0);
    const { code, message, status } = error;
    this.#deps.note({ kind: 'connect-failed', code, message, status, retryInMs });
    this.#wait(retryInMs);
  }

  #lost(code: number, reason: string): void {
    this.#generation += 1;
    this.#link = undefined;
    const redial = code === 1006 || this.#deps.policy().redialAfterCleanClose;
    const retryInMs = redial ? this.#nextWaitMs() : undefined;
    this.#deps.note({ kind: 'disconnected', code, reason, retryInMs });
    this.#deps.onDown(new ChargerError('link-lost', `the link ended with ${code} ${reason}`));
    if (retryInMs !== undefined) this.#wait(retryInMs);
  }

  #nextWaitMs(): number {
    const policy = this.#deps.policy();
    const waitMs = backOffBaseMs(this.#attempt, policy) + this.#deps.random.next() * policy.randomRangeMs;
    this.#attempt += 1;
    return Math.round(waitMs);
  }

  #wait(delayMs: number): void {
    if (this.#stopped || this.#link !== undefined) return;
    this.#cancelWait?.();
    this.#cancelWait = this.#deps.clock.after(delayMs, () => {
      this.#cancelWait = undefined;
      void this.#dial();
    });
  }
}
