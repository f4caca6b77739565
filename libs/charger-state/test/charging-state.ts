/** The state of a charger that charges, as a fleet has most of: for benches and guards. */
import { type ChargerState, EMPTY_STATE } from '../src/charger-state.ts';

const SESSION = '01KB2F5X3Q-edge7f3a9c21-000123';

export const CHARGING_STATE: ChargerState = {
  ...EMPTY_STATE,
  registration: 'Accepted',
  acceptedAtMs: 1_767_225_600_001,
  version: '1.6',
  vendor: 'Vendor',
  model: 'Model',
  firmwareVersion: '1.2.3',
  session: { id: SESSION, edgeId: 'edge7f3a9c21', version: '1.6', openedAtMs: 1_767_225_600_002 },
  newestSession: SESSION,
  newestOpenedMs: 1_767_225_600_003,
  eventCount: 12,
  transactionCount: 3,
  connectors: { '1/1': { status: 'Charging', errorCode: 'NoError', at: '2026-01-01T00:00:00.000Z' } },
  open: [
    {
      id: '1704023',
      key: '01KB2F5X3QABCDEFGHJK',
      evseId: 1,
      connectorId: 1,
      idToken: 'TAG-000123',
      startedAt: '2026-01-01T00:00:01.000Z',
      meterStartWh: 100,
      startFingerprint: 'f1d2d2f9',
      seen: [],
    },
  ],
  answered: [4, 3, 2, 1].map((seq) => ({
    session: SESSION,
    seq,
    messageId: `message-${seq}`,
    fingerprint: 123_456_789 + seq,
    answer: { kind: 'result', payload: '{"currentTime":"2026-01-01T00:00:00.000Z"}' },
  })),
  lastSeenMs: 1_767_225_600_005,
};
