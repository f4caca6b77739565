/** A fleet of any size in a view, made of state headers and records as the bus would bring them. */
import { type ChargerState, readState, STATE_HEADER, writeState } from '@voltlane/charger-state';
import { decodeChargerRecord, encodeChargerRecord } from '@voltlane/registry';
import { createSubjects, tenant } from '@voltlane/wire';
import { FleetView } from '../../src/fleet/fleet-view.ts';
import { busyState } from '../charger-records.ts';

const STATUSES = ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'Finishing', 'Faulted', 'Unavailable'];
const MODELS = ['Two', 'Nine', 'Twenty', 'Sixty', 'Hundred'];

/** `count` chargers, every second of them registered with labels, in no order; room for `max`. */
export function largeFleet(count: number, max: number = count): FleetView {
  const view = new FleetView(max);
  const subjects = createSubjects();
  const DEFAULT = tenant('default');
  for (let index = 0; index < count; index += 1) {
    // A permutation, so that they come in no order.
    const number = (index * 7_919) % count;
    const headers = { [STATE_HEADER]: writeState(stateOf(number)) };
    const address = subjects.parseEvent(`event.default.NL-ROT-${String(number).padStart(6, '0')}.state`);
    if (address === undefined) throw new Error('no address');
    view.applyState(address, index + 1, readState(headers));
    if (number % 2 === 0) {
      const labels = { site: `site-${number % 500}`, row: String(number % 40) };
      const record = { chargerId: address.chargerId, securityProfile: 1, registration: 'Accepted' } as const;
      const stored = decodeChargerRecord(encodeChargerRecord({ ...record, strictness: 'strict', labels }));
      view.applyRecord(DEFAULT, address.chargerId.toLowerCase(), stored);
    }
  }
  return view;
}

function stateOf(number: number): ChargerState {
  const status = (shift: number): string => STATUSES[(number + shift) % STATUSES.length] ?? '';
  return busyState({
    vendor: `Vendor ${number % 12}`,
    model: MODELS[number % MODELS.length],
    firmwareVersion: `1.${number % 9}.0`,
    session: {
      id: `01hqx${number.toString(36).padStart(21, '0')}`,
      edgeId: `edge-${number % 8}-k3j9`,
      version: '1.6',
      openedAtMs: 1_772_366_400_000 + number,
    },
    connectors: {
      '0/0': { status: 'Available', errorCode: 'NoError', at: '2026-03-01T12:00:00.000Z' },
      '0/1': { status: status(0), errorCode: 'NoError', at: '2026-03-01T12:00:00.000Z' },
      '0/2': { status: status(3), errorCode: 'NoError', at: '2026-03-01T12:00:00.000Z' },
    },
    lastSeenMs: 1_772_366_400_000 + number * 10,
  });
}
