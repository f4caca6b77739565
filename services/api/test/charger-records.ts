/** Writes what workers write: state and meter records of chargers, with events in them. */
import type { Journal } from '@voltlane/bus';
import { type ChargerState, EMPTY_STATE, STATE_HEADER, writeState } from '@voltlane/charger-state';
import { chargerId, createSubjects, type EventKind, encodeEventRecord, tenant } from '@voltlane/wire';

const subjects = createSubjects();
const AT = '2026-03-01T12:00:00.000Z';

/** Events of one record: kinds, in order. Ids count over all records of the writer. */
export interface RecordWriter {
  state(charger: string, kinds: readonly EventKind[], change?: Partial<ChargerState>): Promise<number>;
  meter(charger: string): Promise<number>;
  /** Ids of the events written so far, by charger. */
  readonly written: ReadonlyMap<string, readonly string[]>;
}

/** A writer; `charger` is `<tenant>/<id>` or an id of the tenant `default`. */
export function recordWriter(journal: Journal): RecordWriter {
  let count = 0;
  const written = new Map<string, string[]>();
  const bodyOf = (charger: string, kinds: readonly EventKind[]): Uint8Array => {
    const [tenantName, id] = addressOf(charger);
    const events = kinds.map((kind) => {
      count += 1;
      written.set(charger, [...(written.get(charger) ?? []), `e${count}`]);
      return { id: `e${count}`, kind, at: AT, data: { number: count } };
    });
    return encodeEventRecord({ v: 1, tenant: tenantName, charger: id, recordedAt: AT, session: 's1', events });
  };
  return {
    written,
    async state(charger, kinds, change = {}) {
      const [tenantName, id] = addressOf(charger);
      const subject = subjects.eventState({ tenant: tenant(tenantName), chargerId: chargerId(id) });
      const body = bodyOf(charger, kinds);
      const headers = { [STATE_HEADER]: writeState({ ...EMPTY_STATE, ...change }) };
      for (;;) {
        const { expectedSequence } = await journal.readLast(subject);
        const result = await journal.append(subject, { body, headers }, expectedSequence);
        if (result.kind === 'appended') return result.sequence;
      }
    },
    async meter(charger) {
      const [tenantName, id] = addressOf(charger);
      const subject = subjects.eventMeter({ tenant: tenant(tenantName), chargerId: chargerId(id) });
      const body = bodyOf(charger, ['meter.values']);
      const { sequence } = await journal.record(subject, { body, headers: {} }, `m${count}`);
      return sequence;
    },
  };
}

function addressOf(charger: string): readonly [tenant: string, id: string] {
  const slash = charger.indexOf('/');
  return slash < 0 ? ['default', charger] : [charger.slice(0, slash), charger.slice(slash + 1)];
}

/** A charger that is connected and charging, as its state says it. */
export function busyState(change: Partial<ChargerState> = {}): ChargerState {
  return {
    ...EMPTY_STATE,
    registration: 'Accepted',
    version: '1.6',
    vendor: 'Acme',
    model: 'Two',
    firmwareVersion: '1.4.2',
    session: { id: '01hqx5n7c0k2', edgeId: 'edge-a1', version: '1.6', openedAtMs: 1_772_366_400_000 },
    connectors: {
      '0/1': { status: 'Charging', errorCode: 'NoError', at: AT },
      '0/2': { status: 'Faulted', errorCode: 'GroundFailure', at: AT },
    },
    open: [
      {
        id: '1000001',
        key: 'd8906f5b-722d-80bd-9564-d94279707df3',
        evseId: 0,
        connectorId: 1,
        idToken: 'GOOD',
        startedAt: AT,
        meterStartWh: 1_000,
        startFingerprint: 'f',
        seen: [],
      },
    ],
    lastSeenMs: 1_772_366_460_000,
    ...change,
  };
}
