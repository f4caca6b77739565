import type { EventBody } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { BelievedSession } from '../src/history-check.ts';
import { checkHistory } from '../src/history-check.ts';
import type { HistoryRecord } from '../src/journal-history.ts';

function record(sequence: number, messageId: string, event: EventBody): HistoryRecord {
  const source = { version: '1.6', action: 'Any', messageId, receivedAt: '', payload: {} } as const;
  return {
    sequence,
    subject: 'event.default.CP1.state',
    record: { v: 1, tenant: 'default', charger: 'CP1', recordedAt: '', events: [event], source },
  };
}

const started: EventBody = {
  id: 's',
  kind: 'transaction.started',
  at: '',
  data: { transactionKey: 'k', transactionId: '7' },
};
const metered: EventBody = { id: 'm', kind: 'meter.values', at: '', data: { transactionId: '7' } };
const ended: EventBody = {
  id: 'e',
  kind: 'transaction.ended',
  at: '',
  data: { transactionKey: 'k', transactionId: '7', energyWh: 500 },
};

const good = [record(1, 'a', started), record(2, 'b', metered), record(3, 'c', ended)];
const session: BelievedSession = {
  chargerId: 'CP1',
  outcome: 'completed',
  transactionId: '7',
  startWh: 1000,
  stopWh: 1500,
  messages: [
    { action: 'StartTransaction', messageIds: ['a'], delivery: 'answered' },
    { action: 'MeterValues', messageIds: ['x', 'b'], delivery: 'answered' },
    { action: 'StopTransaction', messageIds: ['c'], delivery: 'answered' },
  ],
};

describe('the history check', () => {
  it('finds nothing wrong with a history that is right', () => {
    expect(checkHistory(good, [session])).toEqual([]);
  });

  const faults: [string, HistoryRecord[], RegExp][] = [
    ['a lost end', good.slice(0, 2), /0 ends/],
    [
      'a lost meter value',
      [record(1, 'a', started), record(3, 'c', ended)],
      /MeterValues x\/b was answered but is not/,
    ],
    ['an event id used twice', [...good, record(4, 'd', metered)], /event id m .* twice/],
    [
      'a doubled start',
      [
        record(1, 'a', started),
        record(2, 'b', metered),
        record(3, 'c', ended),
        record(4, 'd', { ...started, id: 's2' }),
      ],
      /started twice/,
    ],
    ['a doubled end', [...good, record(4, 'd', { ...ended, id: 'e2' })], /ended twice/],
    [
      'an end before its start',
      [record(1, 'c', ended), record(2, 'a', started), record(3, 'b', metered)],
      /ended without a start/,
    ],
    [
      'messages out of order',
      [record(1, 'a', started), record(2, 'c', ended), record(3, 'b', metered)],
      /out of order/,
    ],
    [
      'wrong energy',
      [good[0], good[1], record(3, 'c', { ...ended, data: { ...ended.data, energyWh: 510 } })].filter(
        (one) => one !== undefined,
      ),
      /510 Wh recorded, 500 Wh charged/,
    ],
    [
      'missing energy',
      [good[0], good[1], record(3, 'c', { ...ended, data: { transactionKey: 'k', transactionId: '7' } })].filter(
        (one) => one !== undefined,
      ),
      /NaN Wh recorded/,
    ],
  ];
  it.each(faults)('finds %s', (_name, history, expected) => {
    expect(checkHistory(history, [session]).join('\n')).toMatch(expected);
  });

  it('asks nothing for a message the charger never got an answer to', () => {
    const unanswered = {
      ...session,
      outcome: 'undelivered',
      messages: [{ action: 'Stop', messageIds: ['z'], delivery: 'discarded' }],
    };
    expect(checkHistory(good, [unanswered])).toEqual([]);
  });
});
