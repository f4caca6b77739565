import { describe, expect, it } from 'vitest';
import { type ChargerState, EMPTY_STATE, type OpenTransaction } from '../src/charger-state.ts';
import { openTransactionsIn } from '../src/header-glance.ts';
import { readState, STATE_HEADER, writeState } from '../src/state-header.ts';
import { CHARGING_STATE } from './charging-state.ts';

const FIRST: OpenTransaction = {
  id: '7],[',
  key: 'k"\\',
  evseId: 0,
  connectorId: 2,
  idToken: 'ü',
  startedAt: '2026-01-01T00:00:01.000Z',
  meterStartWh: undefined,
  startFingerprint: undefined,
  seen: [[0, 3]],
  startSeqNo: 4,
};

describe('the open transactions of a header', () => {
  it.each<[string, ChargerState]>([
    ['charges', CHARGING_STATE],
    ['has two', { ...CHARGING_STATE, open: [FIRST, ...CHARGING_STATE.open] }],
    ['has none', { ...CHARGING_STATE, open: [] }],
    [
      'has texts that look like lists',
      { ...CHARGING_STATE, vendor: '],[[', connectors: { '"]': { status: '[', errorCode: undefined, at: ',' } } },
    ],
    ['nobody has seen', EMPTY_STATE],
  ])('are those of the state of a charger that %s', (_name, state) => {
    const header = writeState(state);
    expect(openTransactionsIn(header)).toEqual(state.open);
    expect(openTransactionsIn(header)).toEqual(readState({ [STATE_HEADER]: header }).open);
  });

  it('are not known from a header of an older version', () => {
    expect(openTransactionsIn('2gA')).toBeUndefined();
  });

  it('that cannot be read are malformed, as the state is', () => {
    const header = writeState(CHARGING_STATE).replace('[["1704023"', '[[1704023x');
    expect(() => openTransactionsIn(header)).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => readState({ [STATE_HEADER]: header })).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});
