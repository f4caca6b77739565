/** What is known of a charger before it connects, and its JSON form in the bucket. */
import { isChargerId } from '@voltlane/wire';
import { readStoredPassword, type StoredPassword } from './credentials.ts';
import {
  checkVersion,
  fieldError,
  type JsonObject,
  parseJsonObject,
  readChoice,
  readOptionalChoice,
  readOptionalChoices,
  readOptionalLabels,
  readOptionalWhole,
} from './record-fields.ts';

/** OCPP versions a record may allow. */
export const RECORD_OCPP_VERSIONS = ['1.6', '2.0.1', '2.1'] as const;
/** Verdicts a BootNotification may get. */
export const REGISTRATIONS = ['Accepted', 'Pending', 'Rejected'] as const;
/** How strictly payloads are held to their schema. */
export const STRICTNESSES = ['strict', 'lenient'] as const;
/** Ways an edge ends a socket: by a close frame, or by ending the connection without one. */
export const CLOSE_WAYS = ['close', 'terminate'] as const;

/** One charger. */
export interface ChargerRecord {
  /** Identity in the case it was registered with; looked up without regard to case. */
  readonly chargerId: string;
  /** Absent: the charger cannot log in with a password. */
  readonly password?: StoredPassword;
  /** Absent: every version the broker speaks. */
  readonly allowedVersions?: readonly (typeof RECORD_OCPP_VERSIONS)[number][];
  /** OCPP security profile it must come with: 0 none, 1 password, 2 password over TLS, 3 client certificate. */
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly registration: (typeof REGISTRATIONS)[number];
  readonly strictness: (typeof STRICTNESSES)[number];
  /** Seconds, 1 to 604,800; absent: the configured default. */
  readonly heartbeatIntervalS?: number;
  /** `terminate` for models that never come back after a clean close; absent: `close`. */
  readonly closeBy?: (typeof CLOSE_WAYS)[number];
  /** Commands are held back for this long after an accepted boot, milliseconds, 0 to 600,000; absent: not at all. */
  readonly quietAfterBootMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Version of the stored form. Fields may be added within it; a reader ignores those it does not know. */
const VERSION = 1;
/** Longest heartbeat interval a record may ask for: a week. */
export const HEARTBEAT_INTERVAL_S_MAX = 604_800;
/** Longest time commands may be held back after a boot. */
export const QUIET_AFTER_BOOT_MS_MAX = 600_000;

/** JSON bytes of a record. RegistryError `invalid-record` when a field breaks its rule. */
export function encodeChargerRecord(record: ChargerRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...readChargerRecord({ ...record }) }), 'utf8');
}

/** The record of stored bytes. RegistryError `invalid-record` or `newer-version`. */
export function decodeChargerRecord(bytes: Uint8Array): ChargerRecord {
  const json = parseJsonObject(bytes, 'charger record');
  checkVersion(json, VERSION, 'charger record');
  return readChargerRecord(json);
}

/** The record in parsed JSON; fields that are not of a record are left out. RegistryError `invalid-record` naming the field. */
export function readChargerRecord(json: JsonObject): ChargerRecord {
  const chargerId = json['chargerId'];
  if (typeof chargerId !== 'string' || !isChargerId(chargerId)) {
    throw fieldError('chargerId', chargerId, '1 to 255 bytes of text without "/" and control characters');
  }
  const allowedVersions = readOptionalChoices(json, 'allowedVersions', RECORD_OCPP_VERSIONS);
  const heartbeatIntervalS = readOptionalWhole(json, 'heartbeatIntervalS', 1, HEARTBEAT_INTERVAL_S_MAX);
  const closeBy = readOptionalChoice(json, 'closeBy', CLOSE_WAYS);
  const quietAfterBootMs = readOptionalWhole(json, 'quietAfterBootMs', 0, QUIET_AFTER_BOOT_MS_MAX);
  const labels = readOptionalLabels(json, 'labels');
  return {
    chargerId,
    ...(json['password'] === undefined ? {} : { password: readStoredPassword(json['password']) }),
    ...(allowedVersions === undefined ? {} : { allowedVersions }),
    securityProfile: readProfile(json['securityProfile']),
    registration: readChoice(json, 'registration', REGISTRATIONS),
    strictness: readChoice(json, 'strictness', STRICTNESSES),
    ...(heartbeatIntervalS === undefined ? {} : { heartbeatIntervalS }),
    ...(closeBy === undefined ? {} : { closeBy }),
    ...(quietAfterBootMs === undefined ? {} : { quietAfterBootMs }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function readProfile(value: unknown): ChargerRecord['securityProfile'] {
  if (value === 0 || value === 1 || value === 2 || value === 3) return value;
  throw fieldError('securityProfile', value, 'a security profile 0, 1, 2 or 3');
}
