/**
 * Holds the journal against what the chargers themselves believe happened. Returns what is wrong, as sentences; nothing is wrong
 * when the list is empty.
 *
 * Promises checked: no acknowledged message lost, none applied twice, none out of order, energy as the charger counted it.
 */

import type { HistoryEvent, HistoryRecord } from './journal-history.ts';
import { eventsByCharger } from './journal-history.ts';

/** A transaction message as the charger remembers it. */
export interface BelievedMessage {
  readonly action: string;
  /** Ids of every sending. */
  readonly messageIds: readonly string[];
  readonly delivery: string;
}

/** A session as the charger remembers it; libs/charger's SessionRecord is one. */
export interface BelievedSession {
  readonly chargerId: string;
  readonly outcome: string;
  readonly transactionId: string | undefined;
  readonly startWh: number | undefined;
  readonly stopWh: number | undefined;
  readonly messages: readonly BelievedMessage[];
}

/** What is wrong between journal and chargers. */
export function checkHistory(
  history: readonly HistoryRecord[],
  sessions: readonly BelievedSession[],
): readonly string[] {
  const problems: string[] = [];
  const chargers = eventsByCharger(history);
  for (const [charger, events] of chargers) {
    checkIds(charger, events, problems);
    checkTransactions(charger, events, problems);
  }
  for (const session of sessions) checkSession(session, chargers.get(session.chargerId) ?? [], problems);
  return problems;
}

function checkIds(charger: string, events: readonly HistoryEvent[], problems: string[]): void {
  const seen = new Set<string>();
  for (const { event } of events) {
    if (seen.has(event.id)) problems.push(`${charger}: event id ${event.id} (${event.kind}) is in the journal twice`);
    seen.add(event.id);
  }
}

/** Each transaction starts once, ends at most once, and does both in that order. */
function checkTransactions(charger: string, events: readonly HistoryEvent[], problems: string[]): void {
  const started = new Map<string, number>();
  const ended = new Map<string, number>();
  for (const { event, sequence } of events) {
    const key = String(event.data['transactionKey']);
    if (event.kind === 'transaction.started') {
      if (started.has(key)) problems.push(`${charger}: transaction ${key} started twice`);
      started.set(key, sequence);
    }
    if (event.kind !== 'transaction.ended') continue;
    if (ended.has(key)) problems.push(`${charger}: transaction ${key} ended twice`);
    if (!started.has(key)) problems.push(`${charger}: transaction ${key} ended without a start before it`);
    ended.set(key, sequence);
  }
}

function checkSession(session: BelievedSession, events: readonly HistoryEvent[], problems: string[]): void {
  const name = `${session.chargerId} transaction ${session.transactionId ?? '?'}`;
  const own = events.filter(({ event }) => event.data['transactionId'] === session.transactionId);
  const start = own.filter(({ event }) => event.kind === 'transaction.started');
  const end = own.filter(({ event }) => event.kind === 'transaction.ended');
  if (session.outcome === 'completed') {
    if (start.length !== 1) problems.push(`${name}: ${start.length} starts in the journal`);
    if (end.length !== 1) problems.push(`${name}: ${end.length} ends in the journal`);
    checkEnergy(name, session, end[0], problems);
  }
  checkMessages(name, session, events, problems);
}

function checkEnergy(name: string, session: BelievedSession, end: HistoryEvent | undefined, problems: string[]): void {
  if (end === undefined || session.startWh === undefined || session.stopWh === undefined) return;
  const believed = session.stopWh - session.startWh;
  const recorded = Number(end.event.data['energyWh']);
  // 1.6 registers travel as whole Wh, each rounded on its own.
  if (!(Math.abs(recorded - believed) <= 1)) problems.push(`${name}: ${recorded} Wh recorded, ${believed} Wh charged`);
}

/** Every answered message is in the journal, under one of its ids, in the order the charger sent them. */
function checkMessages(
  name: string,
  session: BelievedSession,
  events: readonly HistoryEvent[],
  problems: string[],
): void {
  const places = new Map<string, number>();
  for (const { messageId, sequence } of events) {
    if (messageId !== undefined && !places.has(messageId)) places.set(messageId, sequence);
  }
  let before = 0;
  for (const message of session.messages) {
    if (message.delivery !== 'answered') continue;
    const place = message.messageIds.map((id) => places.get(id)).find((sequence) => sequence !== undefined);
    if (place === undefined) {
      problems.push(
        `${name}: ${message.action} ${message.messageIds.join('/')} was answered but is not in the journal`,
      );
      continue;
    }
    if (place < before) problems.push(`${name}: ${message.action} ${message.messageIds[0]} is out of order`);
    before = place;
  }
}
