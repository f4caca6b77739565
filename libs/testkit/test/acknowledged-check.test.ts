import { describe, expect, it } from 'vitest';
import { checkAcknowledged } from '../src/acknowledged-check.ts';
import type { HistoryRecord } from '../src/journal-history.ts';

function record(sequence: number, messageId: string, charger = 'CP1'): HistoryRecord {
  const source = { version: '1.6', action: 'DataTransfer', messageId, receivedAt: '', payload: {} } as const;
  return {
    sequence,
    subject: `event.default.${charger}.state`,
    record: { v: 1, tenant: 'default', charger, recordedAt: '', events: [], source },
  };
}

const answered = (...ids: readonly string[]) =>
  new Map([['CP1', ids.map((messageId) => ({ action: 'DataTransfer', messageId }))]]);

describe('the check of acknowledged messages', () => {
  it('finds nothing wrong when each is there once and in order, whatever else is', () => {
    const history = [record(1, 'a'), record(2, 'a', 'CP2'), record(3, 'unanswered'), record(4, 'b')];
    expect(checkAcknowledged(history, answered('a', 'b'))).toEqual([]);
  });

  const faults: [string, HistoryRecord[], RegExp][] = [
    ['a lost message', [record(1, 'a')], /DataTransfer b was answered but is not in the journal/],
    ['a message of another charger', [record(1, 'a'), record(2, 'b', 'CP2')], /DataTransfer b was answered but/],
    ['a doubled message', [record(1, 'a'), record(2, 'b'), record(3, 'a')], /message a is in the journal twice/],
    ['messages out of order', [record(1, 'b'), record(2, 'a')], /DataTransfer b is out of order/],
  ];
  it.each(faults)('finds %s', (_name, history, expected) => {
    expect(checkAcknowledged(history, answered('a', 'b')).join('\n')).toMatch(expected);
  });
});
