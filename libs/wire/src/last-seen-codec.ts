/**
 * When the chargers of a partition were last heard of, as bytes: the value of one key in a bucket, written by the owner of the
 * partition and read by the api. Places, after `[version, kind`:
 *
 *     36 last seen   writtenAtS, count, then of each charger: tenant | nil (as before), charger, seconds before writtenAtS
 *
 * About 16 bytes a charger.
 */
import { ENVELOPE_VERSION } from './envelope.ts';
import { malformed, openEnvelope, readCount, readText } from './envelope-fields.ts';
import { type ChargerAddress, isChargerId, isTenant, type Tenant } from './identity.ts';
import { pack } from './msgpack.ts';

const LAST_SEEN = 36;
const START = 4;
const PLACES = 3;

/** A charger and the second (since 1970) in which it was last heard of. */
export interface ChargerSeen extends ChargerAddress {
  readonly seenAtS: number;
}

/** What was known when it was written. */
export interface LastSeenPage {
  readonly writtenAtS: number;
  readonly chargers: readonly ChargerSeen[];
}

/** Bytes of a page; smallest when the chargers of a tenant stand together. A charger seen later than `writtenAtS` counts as seen then. */
export function encodeLastSeen(page: LastSeenPage): Uint8Array {
  const fields: unknown[] = [ENVELOPE_VERSION, LAST_SEEN, page.writtenAtS, page.chargers.length];
  let before: Tenant | undefined;
  for (const { tenant, chargerId, seenAtS } of page.chargers) {
    fields.push(tenant === before ? null : tenant, chargerId, Math.max(0, page.writtenAtS - seenAtS));
    before = tenant;
  }
  return pack(fields);
}

/** The page of bytes from the bucket. WireError `newer-version` or `malformed`, nothing else. */
export function decodeLastSeen(bytes: Uint8Array): LastSeenPage {
  const fields = openEnvelope(bytes);
  if (fields[1] !== LAST_SEEN) throw malformed('not a page of last seen chargers');
  const writtenAtS = readCount(fields, 2, 'writtenAtS');
  const count = readCount(fields, 3, 'count');
  if (START + count * PLACES > fields.length) throw malformed('fewer entries than announced');
  const chargers: ChargerSeen[] = [];
  let before: Tenant | undefined;
  for (let place = START; place < START + count * PLACES; place += PLACES) {
    if (fields[place] !== null) {
      const tenant = readText(fields, place, 'tenant');
      if (!isTenant(tenant)) throw malformed('tenant');
      before = tenant;
    }
    const chargerId = readText(fields, place + 1, 'chargerId');
    if (before === undefined) throw malformed('no tenant');
    if (!isChargerId(chargerId)) throw malformed('chargerId');
    chargers.push({ tenant: before, chargerId, seenAtS: writtenAtS - readCount(fields, place + 2, 'ago') });
  }
  return { writtenAtS, chargers };
}
