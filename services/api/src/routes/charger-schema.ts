/** How a registered charger looks in requests and responses. Never holds a password or its hash. */
import {
  type ChargerRecord,
  CLOSE_WAYS,
  HEARTBEAT_INTERVAL_S_MAX,
  PASSWORD_BYTES_MAX,
  QUIET_AFTER_BOOT_MS_MAX,
  RECORD_OCPP_VERSIONS,
  REGISTRATIONS,
  STRICTNESSES,
} from '@voltlane/registry';

const LABELS = {
  type: 'object',
  description: 'Up to 32 labels of up to 256 characters.',
  additionalProperties: { type: 'string', maxLength: 256 },
  maxProperties: 32,
} as const;

const FIELDS = {
  allowedVersions: {
    type: 'array',
    description: 'OCPP versions it may speak; left out: every one.',
    items: { type: 'string', enum: RECORD_OCPP_VERSIONS },
    minItems: 1,
  },
  securityProfile: {
    type: 'integer',
    enum: [0, 1, 2, 3],
    description: 'OCPP security profile it must come with. Left out: 1 with a password, 0 without.',
  },
  registration: {
    type: 'string',
    enum: REGISTRATIONS,
    description: 'What its BootNotification is answered. Left out: Accepted.',
  },
  strictness: {
    type: 'string',
    enum: STRICTNESSES,
    description: 'Payloads that break their schema: refused, or mended where they can be. Left out: strict.',
  },
  heartbeatIntervalS: {
    type: 'integer',
    minimum: 1,
    maximum: HEARTBEAT_INTERVAL_S_MAX,
    description: 'Seconds between Heartbeats; left out: the configured interval.',
  },
  closeBy: {
    type: 'string',
    enum: CLOSE_WAYS,
    description: '`terminate` for models that never come back after a clean close. Left out: close.',
  },
  quietAfterBootMs: {
    type: 'integer',
    minimum: 0,
    maximum: QUIET_AFTER_BOOT_MS_MAX,
    description: 'Milliseconds commands are held back after an accepted boot. Left out: 0.',
  },
  labels: LABELS,
} as const;

/** The id in the path. Its rules are `isChargerId`'s: no schema can count bytes. */
export const CHARGER_PATH = {
  type: 'object',
  properties: {
    chargerId: {
      type: 'string',
      description: 'Identity as the charger presents it, percent-encoded; found whatever its case.',
      examples: ['CP1'],
    },
  },
  required: ['chargerId'],
} as const;

/** A record as it is written. */
export const CHARGER_INPUT: object = {
  type: 'object',
  additionalProperties: false,
  properties: {
    password: {
      type: ['string', 'null'],
      minLength: 1,
      maxLength: PASSWORD_BYTES_MAX,
      writeOnly: true,
      description: 'Password of HTTP Basic authentication. Left out: stays what it is. `null`: none.',
    },
    ...FIELDS,
  },
  examples: [{ password: 'correct-horse-battery', securityProfile: 1, labels: { site: 'north' } }],
};

/** A record as it is shown. */
export const CHARGER_RECORD: object = {
  $id: 'ChargerRecord',
  type: 'object',
  description: 'What is registered about a charger.',
  required: ['chargerId', 'hasPassword', 'securityProfile', 'registration', 'strictness'],
  properties: {
    chargerId: { type: 'string', description: 'Identity as it was registered.' },
    hasPassword: { type: 'boolean', description: 'True when it can log in with a password.' },
    ...FIELDS,
  },
  examples: [
    {
      chargerId: 'CP1',
      hasPassword: true,
      securityProfile: 1,
      registration: 'Accepted',
      strictness: 'strict',
      labels: { site: 'north' },
    },
  ],
};

/** A record without its secret. */
export type ChargerRecordView = Omit<ChargerRecord, 'password'> & { readonly hasPassword: boolean };

/** What is shown of a record. */
export function viewOf(record: ChargerRecord): ChargerRecordView {
  const { password, ...shown } = record;
  return { ...shown, hasPassword: password !== undefined };
}
