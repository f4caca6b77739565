import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBody, EventKind, EventRecord } from '@voltlane/wire';
import { afterAll, describe, expect, it } from 'vitest';
import { readExpectedCalls, rowOf } from '../src/expected-calls.ts';
import { CALL } from '../src/generator/call-kind.ts';
import type { ChargerRecord } from '../src/generator/charger-record.ts';
import { COMMAND_RECORD, createChargerRecordFile, ENDED } from '../src/generator/charger-record.ts';
import type { JournalFigures } from '../src/journal-check.ts';
import { JournalCheck } from '../src/journal-check.ts';

const PREFIX = 'LTx-';

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function call(charger: number, number: number, facts: Partial<ChargerRecord> = {}): ChargerRecord {
  return { charger, number, kind: CALL.status, ended: ENDED.answered, version: 0, value: 0, ...facts };
}

function written(...files: readonly (readonly ChargerRecord[])[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'voltlane-loadtest-test-'));
  directories.push(directory);
  return files.map((records, index) => {
    const path = join(directory, String(index));
    const file = createChargerRecordFile(path);
    for (const record of records) file.add(record);
    file.close();
    return path;
  });
}

function record(
  charger: number,
  number: number,
  kind: EventKind = 'connector.status',
  data: EventBody['data'] = {},
): EventRecord {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    v: 1,
    tenant: 'default',
    charger: `${PREFIX}${charger}`,
    recordedAt: at,
    events: [{ id: `${charger}/${number}`, kind, at, data }],
    source: { version: '1.6', action: 'A', messageId: String(number), receivedAt: at, payload: {} },
  };
}

function checked(calls: readonly ChargerRecord[], journal: readonly EventRecord[]): JournalFigures {
  const check = new JournalCheck(readExpectedCalls(written(calls), 4), PREFIX, ['1.6', '2.0.1']);
  for (const one of journal) check.take(one);
  return check.figures();
}

const NOTHING_WRONG = { lost: 0, doubled: 0, reordered: 0, mismatched: 0, foreign: 0, examples: [] };

describe('the records of chargers', () => {
  it('are found again by charger and number, over several files and many chunks', () => {
    const first = Array.from({ length: 150_000 }, (_, index) => call(index % 2, index + 1));
    const second = [call(2, 5), call(3, 1), call(2, 9), call(3, 77, { kind: COMMAND_RECORD })];
    const expected = readExpectedCalls(written(first, second), 4);
    expect(expected.numbers.length).toBe(150_003);
    expect(expected.commands).toEqual([[3, 77]]);
    expect(expected.numbers[rowOf(expected, 1, 149_998)]).toBe(149_998);
    expect(expected.numbers[rowOf(expected, 2, 9)]).toBe(9);
    expect([rowOf(expected, 1, 149_999), rowOf(expected, 2, 6), rowOf(expected, 3, 77)]).toEqual([-1, -1, -1]);
  });
});

describe('the journal against the chargers', () => {
  it('is right when each answered call is there once, in order', () => {
    const figures = checked([call(0, 1), call(1, 1), call(0, 2)], [record(1, 1), record(0, 1), record(0, 2)]);
    expect(figures).toMatchObject({ answered: 3, records: 3, ...NOTHING_WRONG });
  });

  it('passes over what only tells of sessions, though a call was the first to bring it', () => {
    const figures = checked([call(0, 1)], [record(0, 7, 'charger.connected'), record(0, 1)]);
    expect(figures).toMatchObject({ records: 1, ...NOTHING_WRONG });
  });

  it('does not miss a status after an error, which the broker may have known', () => {
    const refused = call(0, 1, { ended: ENDED.refused });
    expect(checked([refused, call(0, 2)], [record(0, 1)])).toMatchObject(NOTHING_WRONG);
    expect(checked([refused, call(0, 2, { kind: CALL.start })], [record(0, 1)])).toMatchObject({ lost: 1 });
  });

  it('has lost an answered call that is missing', () => {
    const figures = checked([call(0, 1), call(0, 2)], [record(0, 2)]);
    expect(figures).toMatchObject({ lost: 1, doubled: 0, reordered: 0 });
    expect(figures.examples).toEqual(['LTx-0: status 1 was answered and is not in the journal']);
  });

  it('may miss or hold what was refused or never answered, but once', () => {
    const calls = [call(0, 1, { ended: ENDED.open }), call(0, 2, { ended: ENDED.refused }), call(0, 3)];
    expect(checked(calls, [record(0, 3)])).toMatchObject({ uncertain: 2, ...NOTHING_WRONG });
    expect(checked(calls, [record(0, 1), record(0, 2), record(0, 3)])).toMatchObject(NOTHING_WRONG);
    expect(checked(calls, [record(0, 1), record(0, 1), record(0, 3)])).toMatchObject({ doubled: 1 });
  });

  it('has doubled a call that is there twice', () => {
    expect(checked([call(0, 1)], [record(0, 1), record(0, 1)])).toMatchObject({ doubled: 1, lost: 0, records: 2 });
  });

  it('has reordered calls that stand the other way round', () => {
    expect(checked([call(0, 1), call(0, 2)], [record(0, 2), record(0, 1)])).toMatchObject({ reordered: 1, lost: 0 });
  });

  it('holds what no charger did', () => {
    expect(checked([call(0, 1)], [record(0, 1), record(0, 2)])).toMatchObject({ foreign: 1, doubled: 0 });
    const other = { ...record(0, 1), charger: 'CP1' };
    expect(checked([call(0, 1)], [record(0, 1), other])).toMatchObject(NOTHING_WRONG);
  });

  it('must hold the event of the call, the id the charger was told, and the energy it counted', () => {
    const calls = [call(0, 1, { kind: CALL.start, value: 7 }), call(0, 2, { kind: CALL.stop, value: 246 })];
    const right = [
      record(0, 1, 'transaction.started', { transactionId: '7' }),
      record(0, 2, 'transaction.ended', { energyWh: 246 }),
    ];
    expect(checked(calls, right)).toMatchObject({ started: 1, ended: 1, ...NOTHING_WRONG });
    const wrong = [
      record(0, 1, 'transaction.started', { transactionId: '8' }),
      record(0, 2, 'transaction.ended', { energyWh: 245 }),
    ];
    expect(checked(calls, wrong)).toMatchObject({ mismatched: 2, lost: 0 });
    expect(checked(calls, [record(0, 1), record(0, 2)])).toMatchObject({ mismatched: 2 });
  });
});
