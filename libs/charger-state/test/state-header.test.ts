import { describe, expect, it } from 'vitest';
import type { ChargerState } from '../src/charger-state.ts';
import { EMPTY_STATE } from '../src/charger-state.ts';
import { readState, STATE_HEADER, writeState } from '../src/state-header.ts';

const STATE: ChargerState = {
  ...EMPTY_STATE,
  registration: 'Accepted',
  vendor: 'Vendör',
  session: { id: 's1', edgeId: 'e1', version: '1.6', openedAtMs: 1_700_000_000_000 },
  newestSession: 's1',
  eventCount: 12,
  transactionCount: 3,
  connectors: { '1/1': { status: 'available', errorCode: undefined, at: '2026-01-01T00:00:00.000Z' } },
  open: [
    {
      id: '17',
      key: 'k',
      evseId: 1,
      connectorId: 1,
      idToken: 'TAG',
      startedAt: '2026-01-01T00:00:00.000Z',
      meterStartWh: 100,
      startFingerprint: 'f',
      seen: [[0, 3]],
    },
  ],
};

describe('the state header', () => {
  it('gives back the state it was given', () => {
    expect(readState({ [STATE_HEADER]: writeState(STATE) })).toEqual(STATE);
  });

  it('is printable ASCII, as a NATS header must be', () => {
    expect(writeState(STATE)).toMatch(/^[\x21-\x7e]+$/);
  });

  it('that is missing means a charger nobody has seen', () => {
    expect(readState(undefined)).toEqual(EMPTY_STATE);
    expect(readState({})).toEqual(EMPTY_STATE);
  });

  it('of an older writer gets empty values for what it did not know', () => {
    const { newestSession: _unknownThen, ...older } = STATE;
    expect(readState({ [STATE_HEADER]: writeState(older as ChargerState) })).toEqual({ ...STATE, newestSession: '' });
  });
});
