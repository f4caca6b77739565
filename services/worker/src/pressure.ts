/**
 * Whether this worker has more to do than it can: then new chargers are asked to boot a little later (`boot-deferral.ts`). The rule
 * is `underPressure`, pure and with hysteresis; the class only collects what it looks at, and looks when asked. Decides nothing else.
 */
import type { Clock } from '@voltlane/time';

/** What the rule looks at. */
export interface PressureFacts {
  /** Messages in hand and in mailboxes. */
  readonly messages: number;
  /** How long appends took lately, ms: a mean that forgets with each append. */
  readonly appendMs: number;
}

/** Above these a worker is under pressure. */
export interface PressureLimits {
  readonly messagesMax: number;
  readonly appendMsMax: number;
}

/** Pressure ends only when everything is below this share of its limit, so that it does not flicker. */
const RELIEF_SHARE = 0.5;
/** Slow appends count only while this share of `messagesMax` waits: putting boots off does not speed up an idle disk. */
const SLOW_COUNTS_FROM_SHARE = 0.05;

/** The rule: enters above a limit, leaves below half of all of them. */
export function underPressure(before: boolean, facts: PressureFacts, limits: PressureLimits): boolean {
  const share = before ? RELIEF_SHARE : 1;
  if (facts.messages > limits.messagesMax * share) return true;
  return facts.appendMs > limits.appendMsMax * share && facts.messages > limits.messagesMax * SLOW_COUNTS_FROM_SHARE;
}

/** What deciders ask. */
export interface Pressure {
  /** True while the worker is under pressure. */
  high(): boolean;
}

/** The facts are looked at this often at most. */
const SAMPLE_MS = 100;
/** Weight of the newest append in the mean. */
const APPEND_WEIGHT = 0.05;
/** Without appends the mean fades by this factor per `SAMPLE_MS`: an idle worker recovers. */
const FADE = 0.9;

/** Watches one worker. */
export class PressureGauge implements Pressure {
  readonly #limits: PressureLimits;
  readonly #clock: Clock;
  readonly #messages: () => number;
  #high = false;
  #appendMs = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Up to when the mean has faded. */
  #fadedMs = 0;

  /** `messages` says how many are in hand or waiting. */
  constructor(limits: PressureLimits, clock: Clock, messages: () => number) {
    this.#limits = limits;
    this.#clock = clock;
    this.#messages = messages;
  }

  high(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedMs >= SAMPLE_MS) this.#look(nowMs);
    return this.#high;
  }

  /** An append was acknowledged. */
  appended(tookMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#fade(nowMs);
    this.#appendMs += (tookMs - this.#appendMs) * APPEND_WEIGHT;
    // The sample it falls into does not fade.
    this.#fadedMs = nowMs + SAMPLE_MS;
  }

  #look(nowMs: number): void {
    this.#lookedMs = nowMs;
    this.#fade(nowMs);
    this.#high = underPressure(this.#high, { messages: this.#messages(), appendMs: this.#appendMs }, this.#limits);
  }

  /** In whole samples. */
  #fade(nowMs: number): void {
    const samples = Math.floor((nowMs - this.#fadedMs) / SAMPLE_MS);
    if (samples < 1) return;
    this.#appendMs *= FADE ** samples;
    this.#fadedMs += samples * SAMPLE_MS;
  }
}
