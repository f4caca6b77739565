/**
 * The one outstanding call of each charger: sends it, sends it again after a lost connection, judges the answer, measures, and notes
 * how it ended in the chargers' own record.
 */

import type { OcppVersion } from '@voltlane/ocpp';
import { systemClock } from '@voltlane/time';
import type { Verdict } from './answer.ts';
import { commandAnswer, judgeResult, readInbound } from './answer.ts';
import { bitOf, CALL, type CallKind, callKind, isJournalled } from './call-kind.ts';
import { callText } from './call-text.ts';
import type { ChargerLife } from './charger-life.ts';
import { isSlow, TIMER, timerOf } from './charger-life.ts';
import type { ChargerRecordWriter } from './charger-record.ts';
import { COMMAND_RECORD, commandNumber, ENDED } from './charger-record.ts';
import type { ChargerTable } from './charger-table.ts';
import { LINK, TEMPER } from './charger-table.ts';
import type { Connections } from './connections.ts';
import type { LatencyName } from './plan.ts';
import type { Tally } from './tally.ts';
import type { TimingWheel } from './timing-wheel.ts';

/** What the desk works with. */
export interface CallDeskPorts {
  readonly table: ChargerTable;
  readonly wheel: TimingWheel;
  readonly connections: Connections;
  readonly tally: Tally;
  readonly record: ChargerRecordWriter;
  readonly versions: readonly OcppVersion[];
  readonly now: () => number;
}

/** A call without an answer for this long is sent again; an edge answers within 25 s, whatever happens. */
const ANSWER_MS_MAX = 60_000;
/** A slow reader leaves what comes unread for this long after each of its calls. */
const SLOW_READ_MS = 2_000;
/** Wait before a charger boots again whose boot got an error. */
const BOOT_AGAIN_MS = 1_000;

const LATENCY_OF: Readonly<Record<CallKind, LatencyName>> = {
  [CALL.none]: 'heartbeat',
  [CALL.boot]: 'boot',
  [CALL.status]: 'status',
  [CALL.start]: 'start',
  [CALL.stop]: 'stop',
  [CALL.meter]: 'meter',
  [CALL.heartbeat]: 'heartbeat',
};

/** The outstanding calls of all rows. */
export class CallDesk {
  readonly #ports: CallDeskPorts;
  readonly #table: ChargerTable;
  readonly #tally: Tally;

  constructor(ports: CallDeskPorts) {
    this.#ports = ports;
    this.#table = ports.table;
    this.#tally = ports.tally;
  }

  /** Sends a new call of an open row that has none outstanding. */
  send(row: number, kind: CallKind, dueMs: number): void {
    const table = this.#table;
    const late = table.late[row] ?? 0;
    table.waiting[row] = kind;
    table.number[row] = (table.number[row] ?? 0) + 1;
    table.dueMs[row] = dueMs;
    table.stampMs[row] = systemClock.nowMs();
    table.late[row] = late & ~bitOf(kind);
    const isFirst = kind !== CALL.boot && table.served[row] === 0;
    table.disturbed[row] = isFirst || (late & bitOf(kind)) !== 0 ? 1 : 0;
    this.#tally.counters.sent += 1;
    this.#write(row);
    if (table.disturbed[row] === 0) this.#tally.latency('sendDelay', (table.sentMs[row] ?? 0) - dueMs);
  }

  /** The row has a new connection. False when it has no call to send again, and the schedule decides what comes first. */
  resumed(row: number): boolean {
    const table = this.#table;
    // What was due before waited for the connection.
    table.late[row] = (table.late[row] ?? 0) | ((table.pending[row] ?? 0) & ~bitOf(CALL.boot));
    const waiting = callKind(table.waiting[row]);
    if (waiting === CALL.none) return false;
    if (waiting === CALL.boot || waiting === CALL.heartbeat) {
      // A charger does not send these again: it begins anew.
      this.giveUp(row);
      return false;
    }
    this.#sendAgain(row);
    return true;
  }

  /** A frame for the row. */
  text(row: number, text: string, life: ChargerLife): void {
    const table = this.#table;
    const inbound = readInbound(text);
    if (inbound.kind === 'call') this.#command(row, inbound.id, inbound.action);
    else if (inbound.kind === 'other' || table.waiting[row] === CALL.none || inbound.id !== table.number[row]) {
      this.#tally.counters.wrong += 1;
    } else if (inbound.kind === 'result') this.#answered(row, inbound.text, life);
    else this.#refused(row, inbound.code, life);
  }

  /** Sends again what was not answered in time. */
  sweep(nowMs: number): void {
    const table = this.#table;
    for (let row = 0; row < table.size; row += 1) {
      if (table.waiting[row] === CALL.none || table.link[row] !== LINK.open) continue;
      if (nowMs - (table.sentMs[row] ?? nowMs) < ANSWER_MS_MAX) continue;
      this.#tally.counters.timeouts += 1;
      this.#sendAgain(row);
    }
  }

  /** True while a connected charger waits for an answer. */
  isBusy(): boolean {
    return this.#table.waiting.some((kind, row) => kind !== CALL.none && this.#table.link[row] === LINK.open);
  }

  /** Stops waiting for an answer. */
  giveUp(row: number): void {
    if (this.#table.waiting[row] !== CALL.none) this.#settle(row, ENDED.open, 0);
  }

  #sendAgain(row: number): void {
    this.#table.disturbed[row] = 1;
    this.#tally.counters.resent += 1;
    this.#write(row);
  }

  #write(row: number): void {
    const { connections, wheel, now } = this.#ports;
    this.#table.sentMs[row] = now();
    connections.send(row, callText(this.#table, row, this.#version(row)));
    if (this.#table.temper[row] !== TEMPER.slowReader) return;
    connections.pause(row, true);
    wheel.set(timerOf(row, TIMER.read), now() + SLOW_READ_MS);
  }

  #answered(row: number, text: string, life: ChargerLife): void {
    const kind = callKind(this.#table.waiting[row]);
    const verdict = judgeResult(kind, this.#version(row) === '1.6', text);
    this.#measure(row, kind);
    if (verdict.kind === 'wrong') {
      this.#tally.counters.wrong += 1;
      this.#settle(row, ENDED.refused, 0);
    } else if (verdict.kind === 'bootLater') {
      this.#tally.counters.bootsDeferred += 1;
      this.#settle(row, ENDED.refused, 0);
      life.bootLater(row, verdict.intervalS * 1000);
    } else {
      this.#tally.counters.answered += 1;
      this.#settle(row, ENDED.answered, this.#recordValue(row, kind, verdict));
      if (kind === CALL.boot) life.booted(row);
      else if (kind === CALL.start) life.started(row, verdict.kind === 'started' ? verdict.transactionId : undefined);
      else if (kind === CALL.stop) life.stopped(row);
    }
    life.next(row);
  }

  #refused(row: number, code: string, life: ChargerLife): void {
    const kind = callKind(this.#table.waiting[row]);
    this.#tally.counters.errors += 1;
    this.#tally.error(code);
    this.#measure(row, kind);
    this.#settle(row, ENDED.refused, 0);
    if (kind === CALL.boot) life.bootLater(row, BOOT_AGAIN_MS);
    else if (kind === CALL.start) life.startRefused(row);
    else if (kind === CALL.stop) life.stopped(row);
    life.next(row);
  }

  #measure(row: number, kind: CallKind): void {
    const table = this.#table;
    const name = isSlow(table, row) ? 'slow' : table.disturbed[row] === 1 ? 'disturbed' : LATENCY_OF[kind];
    this.#tally.latency(name, this.#ports.now() - (table.dueMs[row] ?? 0));
    table.served[row] = 1;
    table.failures[row] = 0;
  }

  #recordValue(row: number, kind: CallKind, verdict: Verdict): number {
    if (verdict.kind === 'started') return verdict.transactionId;
    const { meterWh, startWh } = this.#table;
    return kind === CALL.stop ? (meterWh[row] ?? 0) - (startWh[row] ?? 0) : 0;
  }

  /** The waiting call has ended: noted in the chargers' record if it concerns the journal. */
  #settle(row: number, ended: number, value: number): void {
    const table = this.#table;
    const kind = table.waiting[row] ?? 0;
    table.waiting[row] = CALL.none;
    if (!isJournalled(kind)) return;
    const charger = table.first + row;
    const number = table.number[row] ?? 0;
    this.#ports.record.add({ charger, number, kind, ended, version: table.version[row] ?? 0, value });
  }

  #command(row: number, id: string, action: string): void {
    const { record, connections } = this.#ports;
    const charger = this.#table.first + row;
    const number = commandNumber(id);
    this.#tally.counters.commands += 1;
    record.add({ charger, number, kind: COMMAND_RECORD, ended: ENDED.answered, version: 0, value: 0 });
    if (this.#table.temper[row] !== TEMPER.mute) connections.send(row, commandAnswer(id, action));
  }

  #version(row: number): OcppVersion {
    return this.#ports.versions[this.#table.version[row] ?? 0] ?? '1.6';
  }
}
