/**
 * What one charger does with its day: starts, charges cars, sends what else a charger sends, goes offline, restarts. Everything is
 * drawn from the charger's own stream, through the public verbs of libs/charger.
 */
import {
  type Charger,
  ChargerError,
  type ChargerEvent,
  type Connect,
  createCharger,
  type SessionRecord,
} from '@voltlane/charger';
import type { OcppVersion } from '@voltlane/ocpp';
import { type Clock, type Random, sleep } from '@voltlane/time';
import { between, exponential, oneOf, whole } from './streams.ts';

/** What a life needs. */
export interface LifeParts {
  readonly id: string;
  readonly version: OcppVersion;
  readonly clock: Clock;
  readonly random: Random;
  readonly connect: Connect;
  /** How many times faster than in real life it does things. */
  readonly pace: number;
  /** Starts within this time. */
  readonly rampMs: number;
  /** No new sessions from here on; running ones end. */
  readonly windUpAtMs: number;
  readonly log: (event: ChargerEvent) => void;
  readonly onSession: (record: SessionRecord) => void;
}

/** Mean time between two things a charger does. */
const IDLE_MEAN_MS = 600_000;
const TOKENS = 500;

/** Begins a life; what it returns is the charger. */
export function live(parts: LifeParts): Charger {
  const { id, version, clock, random, connect } = parts;
  const charger = createCharger({
    id,
    version,
    url: 'ws://simulated/ocpp',
    clock,
    random,
    connect,
    log: parts.log,
    retryMessageId: random.next() < 0.5 ? 'same' : 'new',
    reconnect: { waitMinimumMs: 2_000, randomRangeMs: 5_000, repeatTimes: 3 },
  });
  const life = new Life(parts, charger);
  void life.run();
  return charger;
}

class Life {
  readonly #parts: LifeParts;
  readonly #charger: Charger;
  readonly #windUp = new AbortController();

  constructor(parts: LifeParts, charger: Charger) {
    this.#parts = parts;
    this.#charger = charger;
  }

  async run(): Promise<void> {
    const { clock, random, rampMs, windUpAtMs } = this.#parts;
    clock.after(windUpAtMs - clock.monotonicMs(), () => this.#windUp.abort());
    await sleep(clock, between(random, 0, rampMs));
    await this.#charger.start();
    for (;;) {
      const idleMs = exponential(random, IDLE_MEAN_MS / this.#parts.pace);
      if (clock.monotonicMs() + idleMs >= windUpAtMs) return;
      await sleep(clock, idleMs);
      await this.#act();
    }
  }

  async #act(): Promise<void> {
    const { clock, random, pace } = this.#parts;
    const dice = random.next();
    if (dice < 0.7) await this.#charge();
    else if (dice < 0.85) await this.#say();
    else if (dice < 0.97)
      this.#charger.dropLink(
        oneOf(random, ['close', 'terminate']),
        between(random, 1_000, Math.max(2_000, 240_000 / pace)),
      );
    else {
      this.#charger.reboot(oneOf(random, ['SoftReset', 'HardReset']));
      await sleep(clock, 5_000);
    }
  }

  async #charge(): Promise<void> {
    const { random, onSession, pace } = this.#parts;
    const durationMs = between(random, 120_000 / pace, 2_400_000 / pace);
    const record = await this.#charger.session({
      idToken: `TAG${whole(random, TOKENS)}`,
      durationMs,
      sampleIntervalMs: oneOf(random, [60_000, 120_000, 300_000]) / pace,
      plugFirst: random.next() < 0.2,
      authorize: random.next() < 0.8,
      eventStream: random.next() < 0.1,
      signal: this.#windUp.signal,
    });
    onSession(record);
  }

  /** Something beside transactions. */
  async #say(): Promise<void> {
    const { random } = this.#parts;
    const data = `n${whole(random, 1_000_000)}`;
    try {
      await this.#charger.call('DataTransfer', { vendorId: 'voltlane.sim', messageId: 'note', data });
    } catch (error) {
      // The link or the CSMS was away: nothing to repeat.
      if (!(error instanceof ChargerError)) throw error;
    }
  }
}
