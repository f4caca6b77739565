/**
 * Plays the chargers of one plan: dials, comes back after a loss, turns the wheel, and joins the parts beside it. One object for a
 * whole process; nothing here is per charger but the columns of the table.
 */

import { SUBPROTOCOLS } from '@voltlane/ocpp';
import type { Random } from '@voltlane/time';
import { createSeededRandom } from '@voltlane/time';
import { Balancer } from './balancer.ts';
import { CallDesk } from './call-desk.ts';
import { ChargerLife, isSlow, TIMER, TIMERS, timerOf } from './charger-life.ts';
import type { ChargerRecordWriter } from './charger-record.ts';
import type { ChargerTable } from './charger-table.ts';
import { createChargerTable, LINK, TEMPER } from './charger-table.ts';
import type { ConnectionEvents } from './connections.ts';
import { Connections } from './connections.ts';
import type { GeneratorPlan, GeneratorTick } from './plan.ts';
import { Tally } from './tally.ts';
import { TimingWheel } from './timing-wheel.ts';

/** How long answers are awaited when the run is over: an edge gives one within 25 s. */
const FINISH_MS_MAX = 35_000;
const FINISH_POLL_MS = 50;
/** Dials under way at the same time; more wait their turn. */
const DIALS_MAX = 200;
/** First and longest pause between two dials of a charger that finds nobody. */
const BACKOFF_MS_MIN = 250;
const BACKOFF_MS_MAX = 30_000;
/** The loop sleeps at most this long. */
const HORIZON_MS = 50;

/** The chargers of a plan. */
export class Generator implements ConnectionEvents {
  readonly #plan: GeneratorPlan;
  readonly #table: ChargerTable;
  readonly #wheel: TimingWheel;
  readonly #life: ChargerLife;
  readonly #desk: CallDesk;
  readonly #connections: Connections;
  readonly #tally = new Tally();
  readonly #record: ChargerRecordWriter;
  readonly #random: Random;
  readonly #balancer: Balancer;
  #timer: NodeJS.Timeout | undefined;
  /** Rows whose dial is due while `DIALS_MAX` are under way, first come first. */
  #waiting: number[] = [];
  #waitingHead = 0;
  #ended = false;

  constructor(plan: GeneratorPlan, record: ChargerRecordWriter) {
    const { versions, traffic } = plan;
    const random = createSeededRandom(plan.seed);
    const table = createChargerTable(plan.first, plan.chargers);
    const wheel = new TimingWheel(plan.chargers * TIMERS, now());
    const connections = new Connections(table, this);
    const desk = new CallDesk({ table, wheel, connections, tally: this.#tally, record, versions, now });
    const { counters } = this.#tally;
    this.#life = new ChargerLife({ table, wheel, traffic, counters, random, now, desk });
    this.#plan = plan;
    this.#table = table;
    this.#wheel = wheel;
    this.#connections = connections;
    this.#desk = desk;
    this.#record = record;
    this.#random = random;
    this.#balancer = new Balancer(plan.targets.length, random);
    for (let row = 0; row < plan.chargers; row += 1) this.#cast(row);
  }

  /** Dials everybody at the plan's rate and begins the traffic of each as it is accepted. */
  ramp(): void {
    const startMs = now();
    for (let row = 0; row < this.#table.size; row += 1) {
      this.#wheel.set(timerOf(row, TIMER.dial), startMs + (row * 1000) / this.#plan.dialsPerSecond);
    }
    this.#turn();
  }

  /** Counts and latencies since the last tick. */
  tick(): GeneratorTick {
    const nowMs = now();
    this.#connections.sweep(nowMs);
    this.#desk.sweep(nowMs);
    return this.#tally.tick(this.#table);
  }

  /** Begins no more calls, waits for what is outstanding, writes down what stays open. */
  async finish(): Promise<void> {
    this.#life.stop();
    const untilMs = now() + FINISH_MS_MAX;
    while (now() < untilMs && this.#desk.isBusy()) await new Promise((resolve) => setTimeout(resolve, FINISH_POLL_MS));
    for (let row = 0; row < this.#table.size; row += 1) this.#desk.giveUp(row);
    this.#record.close();
  }

  /** Closes every socket. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    const { link, size } = this.#table;
    for (let row = 0; row < size; row += 1) if (link[row] !== LINK.away) this.#connections.end(row);
  }

  opened(row: number): void {
    this.#tally.counters.opened += 1;
    this.#tally.latency('dial', now() - this.#connections.dialedMs(row));
    if (!this.#desk.resumed(row)) this.#life.opened(row);
    this.#dialNext();
  }

  text(row: number, text: string): void {
    this.#desk.text(row, text, this.#life);
  }

  closed(row: number, code: number): void {
    const { counters } = this.#tally;
    this.#table.served[row] = 0;
    this.#wheel.cancel(timerOf(row, TIMER.read));
    if (this.#ended) return;
    this.#tally.close(code);
    if (isSlow(this.#table, row)) counters.slowCloses += 1;
    else counters.closes += 1;
    this.#moveOn(row, false);
    this.#dialIn(row, this.#random.next() * this.#plan.reconnectSpreadMs);
  }

  refused(row: number, status: number, retryAfterS: number): void {
    this.#tally.counters.refused += 1;
    this.#tally.error(`HTTP ${status}`);
    this.#moveOn(row, true);
    this.#dialIn(row, Math.max(retryAfterS * 1000, this.#backoffMs(row)));
    this.#dialNext();
  }

  failed(row: number, why: string): void {
    this.#tally.counters.unreached += 1;
    this.#tally.error(why);
    this.#moveOn(row, true);
    this.#dialIn(row, this.#backoffMs(row));
    this.#dialNext();
  }

  broken(_row: number, why: string): void {
    this.#tally.counters.broken += 1;
    this.#tally.error(why);
  }

  /** One round of the wheel, and the next one planned. */
  readonly #turn = (): void => {
    if (this.#ended) return;
    this.#wheel.advance(now(), this.#fire);
    this.#timer = setTimeout(this.#turn, Math.max(0, this.#wheel.nextMs(HORIZON_MS) - now()));
  };

  readonly #fire = (timer: number, dueMs: number): void => {
    const row = Math.floor(timer / TIMERS);
    const which = timer % TIMERS;
    if (which === TIMER.dial) this.#dial(row);
    else if (which === TIMER.read) this.#connections.pause(row, false);
    else this.#life.due(row, which, dueMs);
  };

  /** Where a charger connects first, what it speaks, how it behaves. */
  #cast(row: number): void {
    const { first, targets, versions, slowShare } = this.#plan;
    this.#table.target[row] = (first + row) % targets.length;
    this.#table.version[row] = (first + row) % versions.length;
    if (this.#random.next() < slowShare) this.#table.temper[row] = row % 2 === 0 ? TEMPER.slowReader : TEMPER.mute;
  }

  #dial(row: number): void {
    if (this.#table.link[row] !== LINK.away || this.#ended) return;
    if (this.#connections.dialing >= DIALS_MAX) {
      this.#waiting.push(row);
      return;
    }
    const { targets, sources, prefix, first, versions } = this.#plan;
    if (this.#table.moving[row] === 1) {
      this.#table.moving[row] = 0;
      this.#table.target[row] = this.#balancer.next(this.#table.target[row] ?? 0, now());
    }
    const target = targets[this.#table.target[row] ?? 0] ?? targets[0];
    const version = versions[this.#table.version[row] ?? 0] ?? '1.6';
    if (target === undefined) return;
    this.#balancer.took(this.#table.target[row] ?? 0);
    // By rounds: a row's target comes from its number, too, and every target must see every source.
    const source = sources[Math.floor(row / targets.length) % Math.max(1, sources.length)];
    const identity = `${prefix}${first + row}`;
    this.#connections.dial(row, { target, source, identity, subprotocol: SUBPROTOCOLS[version] }, now());
  }

  /** A dial has ended: the next in line may. Dials that tried again by a timer each took most of a core (80 % of the ramp's CPU). */
  #dialNext(): void {
    while (this.#waitingHead < this.#waiting.length && this.#connections.dialing < DIALS_MAX) {
      const row = this.#waiting[this.#waitingHead];
      this.#waitingHead += 1;
      if (row !== undefined) this.#dial(row);
    }
    if (this.#waitingHead < this.#waiting.length) return;
    this.#waiting = [];
    this.#waitingHead = 0;
  }

  #dialIn(row: number, delayMs: number): void {
    this.#wheel.set(timerOf(row, TIMER.dial), now() + delayMs);
  }

  /** The next dial goes elsewhere: where to is chosen then, as a balancer does. When all edges die at once, every target looks empty now. */
  #moveOn(row: number, isDown: boolean): void {
    const last = this.#table.target[row] ?? 0;
    this.#balancer.left(last);
    if (isDown) this.#balancer.refused(last, now());
    this.#table.moving[row] = 1;
  }

  #backoffMs(row: number): number {
    const failures = Math.min(255, (this.#table.failures[row] ?? 0) + 1);
    this.#table.failures[row] = failures;
    const longestMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(failures, 10));
    return (0.5 + this.#random.next() / 2) * longestMs;
  }
}

function now(): number {
  return performance.now();
}
