/**
 * When which charger does what: connects, boots, beats, charges, comes back. Owns the schedule (open loop: a call is due at its time,
 * whatever became of the one before) and the rule of OCPP that a charger has one call outstanding.
 *
 * A call that is due while another one waits for its answer is sent after it, and its latency counts from its due time. One that is
 * due while the same call still waits is skipped and counted; one that is due without a connection is missed, unless it belongs to
 * a session: those are sent when the charger is back, as chargers do.
 */

import type { Random } from '@voltlane/time';
import { pauseMs, type Traffic } from '../traffic.ts';
import { bitOf, CALL, CALL_ORDER, type CallKind } from './call-kind.ts';
import type { ChargerTable } from './charger-table.ts';
import { LINK, PENDING_WIDTH, TEMPER } from './charger-table.ts';
import type { Counters } from './plan.ts';
import type { TimingWheel } from './timing-wheel.ts';

/** Timers of a row in the wheel. */
export const TIMER = { dial: 0, heartbeat: 1, meter: 2, session: 3, read: 4 } as const;
/** Timers a row has. */
export const TIMERS = 5;

/** What the schedule needs from the rest of the generator. */
export interface LifePorts {
  readonly table: ChargerTable;
  readonly wheel: TimingWheel;
  readonly traffic: Traffic;
  readonly counters: Counters;
  readonly random: Random;
  readonly now: () => number;
  /** Sends a new call. */
  readonly desk: { send(row: number, kind: CallKind, dueMs: number): void };
}

/** Sessions that run when a charger first comes are begun within this time. */
const FIRST_SESSIONS_MS = 10_000;
/** A charger counts energy between two meter values: 7,360 W for a minute. */
const WH_PER_SAMPLE = 123;

/** The schedule of all rows. */
export class ChargerLife {
  readonly #ports: LifePorts;
  #stopped = false;

  constructor(ports: LifePorts) {
    this.#ports = ports;
  }

  /** No more calls become due. */
  stop(): void {
    this.#stopped = true;
  }

  /** The timer of a charger's heartbeat, meter or session has come. */
  due(row: number, timer: number, dueMs: number): void {
    if (this.#stopped) return;
    if (timer === TIMER.heartbeat) this.#heartbeatDue(row, dueMs);
    else if (timer === TIMER.meter) this.#meterDue(row, dueMs);
    else if (timer === TIMER.session) this.#sessionDue(row, dueMs);
  }

  /** A connection is open and nothing waits to be sent again: the first call on it. */
  opened(row: number): void {
    const { table, now } = this.#ports;
    if (table.booted[row] === 0) this.want(row, CALL.boot, now());
    else if (table.pending[row] === 0) this.want(row, CALL.heartbeat, now());
    else this.next(row);
  }

  /** BootNotification was accepted: the charger begins its day somewhere in the middle of it. */
  booted(row: number): void {
    const { table, wheel, traffic, random, now } = this.#ports;
    table.booted[row] = 1;
    const nowMs = now();
    if (traffic.heartbeatMs > 0) {
      wheel.set(timerOf(row, TIMER.heartbeat), nowMs + random.next() * traffic.heartbeatMs);
    }
    this.want(row, CALL.status, nowMs);
    const pause = pauseMs(traffic);
    if (!Number.isFinite(pause)) return;
    const place = random.next() * (traffic.sessionMs + pause);
    const isCharging = place < traffic.sessionMs;
    table.elapsedMs[row] = isCharging ? place : 0;
    const startsInMs = isCharging ? random.next() * FIRST_SESSIONS_MS : traffic.sessionMs + pause - place;
    wheel.set(timerOf(row, TIMER.session), nowMs + startsInMs);
  }

  /** BootNotification was put off or refused: again after this time. The heartbeat's timer is free until then. */
  bootLater(row: number, intervalMs: number): void {
    const { wheel, now } = this.#ports;
    wheel.set(timerOf(row, TIMER.heartbeat), now() + intervalMs);
  }

  /** StartTransaction was answered. */
  started(row: number, transactionId: number | undefined): void {
    const { table, wheel, traffic, random, now } = this.#ports;
    table.charging[row] = 1;
    if (transactionId !== undefined) table.transaction[row] = transactionId;
    this.want(row, CALL.status, now());
    wheel.set(timerOf(row, TIMER.meter), now() + random.next() * traffic.meterMs);
  }

  /** The session could not be started: there is none to end either. */
  startRefused(row: number): void {
    const { table } = this.#ports;
    this.#drop(row, CALL.stop);
    table.wanted[row] = 0;
  }

  /** The end of a session was answered, well or not. */
  stopped(row: number): void {
    const { table, wheel, now } = this.#ports;
    table.charging[row] = 0;
    wheel.cancel(timerOf(row, TIMER.meter));
    this.#drop(row, CALL.meter);
    this.want(row, CALL.status, now());
  }

  /** A call is due; it is sent now or as soon as its turn comes. */
  want(row: number, kind: CallKind, dueMs: number): void {
    const { table, counters } = this.#ports;
    const bit = bitOf(kind);
    const pending = table.pending[row] ?? 0;
    if ((pending & bit) !== 0 || table.waiting[row] === kind) {
      counters.skipped += 1;
      return;
    }
    table.pending[row] = pending | bit;
    table.pendingMs[row * PENDING_WIDTH + kind] = dueMs;
    if (!this.#isInService(row) && kind !== CALL.boot) table.late[row] = (table.late[row] ?? 0) | bit;
    this.next(row);
  }

  /** Sends the next pending call if the charger may. */
  next(row: number): void {
    const { table, desk } = this.#ports;
    const pending = table.pending[row] ?? 0;
    if (pending === 0 || table.waiting[row] !== CALL.none || table.link[row] !== LINK.open) return;
    for (const kind of CALL_ORDER) {
      const bit = bitOf(kind);
      if ((pending & bit) === 0) continue;
      if (kind !== CALL.boot && table.booted[row] === 0) return;
      table.pending[row] = pending & ~bit;
      if (kind === CALL.stop && table.charging[row] === 0) {
        this.next(row);
        return;
      }
      this.#prepare(row, kind);
      desk.send(row, kind, table.pendingMs[row * PENDING_WIDTH + kind] ?? 0);
      return;
    }
  }

  #heartbeatDue(row: number, dueMs: number): void {
    const { table, wheel, traffic } = this.#ports;
    if (table.booted[row] === 0) {
      this.want(row, CALL.boot, dueMs);
      return;
    }
    wheel.set(timerOf(row, TIMER.heartbeat), dueMs + traffic.heartbeatMs);
    this.#wantOrMiss(row, CALL.heartbeat, dueMs);
  }

  #meterDue(row: number, dueMs: number): void {
    const { table, wheel, traffic } = this.#ports;
    if (table.charging[row] === 0) return;
    wheel.set(timerOf(row, TIMER.meter), dueMs + traffic.meterMs);
    this.#wantOrMiss(row, CALL.meter, dueMs);
  }

  /** The session of a row begins or ends; the next turn is set from the time this one was due, not from when it comes about. */
  #sessionDue(row: number, dueMs: number): void {
    const { table, wheel, traffic, counters } = this.#ports;
    if (table.wanted[row] === 0) {
      table.wanted[row] = 1;
      wheel.set(timerOf(row, TIMER.session), dueMs + traffic.sessionMs - (table.elapsedMs[row] ?? 0));
      table.elapsedMs[row] = 0;
      this.want(row, CALL.start, dueMs);
      return;
    }
    table.wanted[row] = 0;
    wheel.set(timerOf(row, TIMER.session), dueMs + pauseMs(traffic));
    const neverBegan = (table.pending[row] ?? 0) & bitOf(CALL.start);
    if (neverBegan !== 0) {
      this.#drop(row, CALL.start);
      counters.missed += 1;
    } else if (table.charging[row] === 1 || table.waiting[row] === CALL.start) this.want(row, CALL.stop, dueMs);
  }

  #wantOrMiss(row: number, kind: CallKind, dueMs: number): void {
    if (this.#isInService(row)) this.want(row, kind, dueMs);
    else this.#ports.counters.missed += 1;
  }

  #isInService(row: number): boolean {
    const { table } = this.#ports;
    return table.link[row] === LINK.open && table.booted[row] === 1;
  }

  #drop(row: number, kind: CallKind): void {
    const { table } = this.#ports;
    table.pending[row] = (table.pending[row] ?? 0) & ~bitOf(kind);
  }

  /** What the content of a call needs before it is written. */
  #prepare(row: number, kind: CallKind): void {
    const { table } = this.#ports;
    switch (kind) {
      case CALL.start:
        table.startWh[row] = table.meterWh[row] ?? 0;
        // 2.x counts its own; in 1.6 the answer brings the id.
        table.transaction[row] = (table.transaction[row] ?? 0) + 1;
        table.seqNo[row] = 0;
        break;
      case CALL.meter:
      case CALL.stop:
        table.meterWh[row] = (table.meterWh[row] ?? 0) + WH_PER_SAMPLE;
        table.seqNo[row] = (table.seqNo[row] ?? 0) + 1;
        break;
      default:
    }
  }
}

/** A row's timer in the wheel. */
export function timerOf(row: number, timer: number): number {
  return row * TIMERS + timer;
}

/** True for chargers that are slow or mute on purpose. */
export function isSlow(table: ChargerTable, row: number): boolean {
  return table.temper[row] !== TEMPER.brisk;
}
