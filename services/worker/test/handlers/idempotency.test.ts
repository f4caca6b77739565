import { describe, expect, it } from 'vitest';
import type { Charger } from '../domain/context.ts';
import { charger, send } from '../domain/context.ts';
import { SAMPLES_V201 } from './samples.ts';

/**
 * The promise: the same transaction content under any message id is applied once and answered alike. Handlers never see a
 * message id, so "same id" and "new id" are one case here; the actor's own ring of answers is tested with the actor.
 */
const START = { connectorId: 1, idTag: 'GOOD', meterStart: 0, timestamp: '2026-03-01T11:00:00Z' };
const STOP = { transactionId: 1_000_001, meterStop: 9, timestamp: '2026-03-01T11:30:00Z' };
const EVENT = SAMPLES_V201['TransactionEvent'];
const ENDED = { ...EVENT, eventType: 'Ended', seqNo: 1 };

type Step = [action: string, request: unknown];
type Case = [name: string, charger: () => Charger, history: Step[], step: Step, recorded: number];

const v16 = (): Charger => charger('1.6');
const v201 = (): Charger => charger('2.0.1');

const MATRIX: Case[] = [
  ['1.6 start, first', v16, [], ['StartTransaction', START], 1],
  ['1.6 start, again', v16, [['StartTransaction', START]], ['StartTransaction', START], 0],
  [
    '1.6 start, again after the stop',
    v16,
    [
      ['StartTransaction', START],
      ['StopTransaction', STOP],
    ],
    ['StartTransaction', START],
    0,
  ],
  [
    '1.6 start, other content',
    v16,
    [['StartTransaction', START]],
    ['StartTransaction', { ...START, meterStart: 1 }],
    1,
  ],
  ['1.6 stop, first', v16, [['StartTransaction', START]], ['StopTransaction', STOP], 1],
  [
    '1.6 stop, again',
    v16,
    [
      ['StartTransaction', START],
      ['StopTransaction', STOP],
    ],
    ['StopTransaction', STOP],
    0,
  ],
  [
    '1.6 stop, other content',
    v16,
    [
      ['StartTransaction', START],
      ['StopTransaction', STOP],
    ],
    ['StopTransaction', { ...STOP, meterStop: 8 }],
    0,
  ],
  ['1.6 stop of nothing, again', v16, [['StopTransaction', STOP]], ['StopTransaction', STOP], 0],
  [
    '1.6 stop of nothing, other content',
    v16,
    [['StopTransaction', STOP]],
    ['StopTransaction', { ...STOP, meterStop: 8 }],
    1,
  ],
  ['2.x event, first', v201, [], ['TransactionEvent', EVENT], 1],
  ['2.x event, again', v201, [['TransactionEvent', EVENT]], ['TransactionEvent', EVENT], 0],
  [
    '2.x event, again after the end',
    v201,
    [
      ['TransactionEvent', EVENT],
      ['TransactionEvent', ENDED],
    ],
    ['TransactionEvent', EVENT],
    0,
  ],
  [
    '2.x end, again',
    v201,
    [
      ['TransactionEvent', EVENT],
      ['TransactionEvent', ENDED],
    ],
    ['TransactionEvent', ENDED],
    0,
  ],
  [
    '2.x event, other content',
    v201,
    [['TransactionEvent', EVENT]],
    ['TransactionEvent', { ...EVENT, offline: true }],
    0,
  ],
  [
    '2.x event, other number',
    v201,
    [['TransactionEvent', EVENT]],
    ['TransactionEvent', { ...EVENT, eventType: 'Updated', seqNo: 1 }],
    1,
  ],
];

describe('the idempotency matrix', () => {
  it.each(MATRIX)('%s', (_name, make, history, [action, request], recorded) => {
    const one = make();
    for (const [earlier, content] of history) send(one, earlier, content);
    const before = one.state;
    const decision = send(one, action, request);
    expect(decision.answer.kind).toBe('result');
    expect(decision.events).toHaveLength(recorded);
    expect(decision.duplicate ?? false).toBe(recorded === 0);
    if (recorded === 0) expect(one.state).toBe(before);
    else expect(decision.state).not.toBe(before);
  });
});
