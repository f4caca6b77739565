/** Rows and states as the api shows them, and the schemas that say so. Pure. Fields that are not known are left out. */
import type { ChargerState } from '@voltlane/charger-state';
import { isoTime } from '@voltlane/time';
import type { FleetRow } from './fleet-row.ts';

/** A charger in a list. */
export function listedCharger(row: FleetRow): object {
  const { vendor, model, firmwareVersion } = row.namePlate;
  return {
    tenant: row.tenant,
    chargerId: row.chargerId,
    registered: row.registered,
    connected: row.session !== undefined,
    registration: row.registration,
    version: row.version,
    vendor,
    model,
    firmwareVersion,
    session:
      row.session === undefined
        ? undefined
        : { id: row.session.id, edge: row.session.edge, openedAt: isoTime(row.session.openedAtMs) },
    lastSeen: row.lastSeenS === 0 ? undefined : isoTime(row.lastSeenS * 1_000),
    connectors: row.connectors,
    runningTransactions: row.runningTransactions,
    openCommands: row.openCommands,
    labels: row.labels.entries,
  };
}

/** What only its newest state record says. `row` may be older or younger than `state`. */
export function detailsOf(state: ChargerState): object {
  return {
    connectors: Object.entries(state.connectors).map(([place, connector]) => {
      const [evseId = 0, connectorId = 0] = place.split('/').map(Number);
      const { status, errorCode, at } = connector;
      return { ...(evseId === 0 ? {} : { evseId }), connectorId, status, errorCode, at };
    }),
    transactions: state.open.map((open) => ({
      transactionKey: open.key,
      transactionId: open.id,
      ...(open.evseId === 0 ? {} : { evseId: open.evseId }),
      connectorId: open.connectorId,
      idToken: open.idToken,
      startedAt: open.startedAt,
      meterStartWh: open.meterStartWh,
    })),
  };
}

/** JSON schema of a response; a test holds answers to it. */
export type ResponseSchema = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

/** Of `listedCharger`. */
const LISTED = {
  tenant: TEXT,
  chargerId: { type: 'string', description: 'Identity as registered, else as it came.' },
  registered: { type: 'boolean' },
  connected: { type: 'boolean' },
  registration: {
    type: 'string',
    enum: ['None', 'Accepted', 'Pending', 'Rejected'],
    description: 'The last answer to BootNotification.',
  },
  version: { type: 'string', enum: ['1.6', '2.0.1', '2.1'], description: 'OCPP version of the newest session.' },
  vendor: TEXT,
  model: TEXT,
  firmwareVersion: TEXT,
  session: {
    type: 'object',
    description: 'Absent when it is not connected.',
    required: ['id', 'edge', 'openedAt'],
    properties: { id: TEXT, edge: TEXT, openedAt: TEXT },
  },
  lastSeen: { type: 'string', description: 'When it last said something, exact to about a minute.' },
  connectors: {
    type: 'array',
    items: {
      type: 'object',
      required: ['connectorId', 'status'],
      properties: {
        evseId: { type: 'integer', description: '2.x.' },
        connectorId: { type: 'integer', description: '1.6: 0 is the charger itself.' },
        status: TEXT,
        errorCode: TEXT,
        at: { type: 'string', description: 'When it was reported; in the answer about one charger.' },
      },
    },
  },
  runningTransactions: COUNT,
  openCommands: COUNT,
  labels: { type: 'object', additionalProperties: TEXT },
} as const;

const REQUIRED = [
  'tenant',
  'chargerId',
  'registered',
  'connected',
  'registration',
  'connectors',
  'runningTransactions',
  'openCommands',
  'labels',
] as const;

/** Schema of a page. */
export const FLEET_PAGE_SCHEMA: ResponseSchema = {
  description: 'A page, in order of tenant and identity.',
  type: 'object',
  required: ['chargers'],
  properties: {
    chargers: { type: 'array', items: { type: 'object', required: REQUIRED, properties: LISTED } },
    cursor: { type: 'string', description: 'Pass it as `cursor` for the next page; absent on the last one.' },
    total: { type: 'integer', description: 'All that match; with `total=true`.' },
  },
};

/** Schema of one charger. */
export const FLEET_CHARGER_SCHEMA: ResponseSchema = {
  description: 'The charger as of now.',
  type: 'object',
  required: [...REQUIRED, 'transactions', 'record'],
  properties: {
    ...LISTED,
    transactions: {
      type: 'array',
      description: 'Those that have not ended.',
      items: {
        type: 'object',
        required: ['transactionKey', 'transactionId', 'connectorId', 'idToken', 'startedAt'],
        properties: {
          transactionKey: TEXT,
          transactionId: TEXT,
          evseId: { type: 'integer' },
          connectorId: { type: 'integer' },
          idToken: TEXT,
          startedAt: TEXT,
          meterStartWh: { type: 'number' },
        },
      },
    },
    record: {
      description: 'What is registered; null for a charger that is not.',
      anyOf: [{ $ref: 'ChargerRecord#' }, { type: 'null' }],
    },
  },
};
