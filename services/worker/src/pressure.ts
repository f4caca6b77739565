/**
 * Whether this worker has more to do than it can: then new chargers are asked to boot a little later (`boot-deferral.ts`). The rule
 * is `underPressure`, pure and with hysteresis; the class only collects what it looks at. Decides nothing else.
 */
import type { CancelTimer, Clock } from '@voltlane/time';

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

/** How often the facts are looked at. */
const SAMPLE_MS = 100;
/** Weight of the newest append in the mean. */
const APPEND_WEIGHT = 0.05;
/** Without appends the mean fades by this factor per sample: an idle worker recovers. */
const FADE = 0.9;

/** Watches one worker. */
export class PressureGauge implements Pressure {
  readonly #limits: PressureLimits;
  #high = false;
  #appendMs = 0;
  #appended = false;

  constructor(limits: PressureLimits) {
    this.#limits = limits;
  }

  high(): boolean {
    return this.#high;
  }

  /** An append was acknowledged. */
  appended(tookMs: number): void {
    this.#appendMs += (tookMs - this.#appendMs) * APPEND_WEIGHT;
    this.#appended = true;
  }

  /** Starts looking at the facts; `messages` says how many are in hand or waiting. */
  watch(clock: Clock, messages: () => number): CancelTimer {
    return clock.every(SAMPLE_MS, () => this.sample(messages()));
  }

  /** One look at the facts. */
  sample(messages: number): void {
    if (!this.#appended) this.#appendMs *= FADE;
    this.#appended = false;
    this.#high = underPressure(this.#high, { messages, appendMs: this.#appendMs }, this.#limits);
  }
}
