/** What a handshake asks of the registry, in the edge's own words. Owns no cache: that is the registry's. */
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import type { Registry } from '@voltlane/registry';
import { isChargerId } from '@voltlane/wire';
import type { ChargerLookup } from './upgrade.ts';

/** A lookup in the registry. A charger is lenient when its record or the configuration says so. */
export const createLookup = (registry: Pick<Registry, 'charger'>, strictness: 'strict' | 'lenient'): ChargerLookup => ({
  async find({ tenant, chargerId }) {
    const record = await registry.charger(tenant, chargerId);
    if (record === undefined || !isChargerId(record.chargerId)) return undefined;
    return {
      tenant,
      // As registered, not as spelled in the URL.
      chargerId: record.chargerId,
      securityProfile: record.securityProfile,
      versions: record.allowedVersions ?? OCPP_VERSIONS,
      strictness: strictness === 'lenient' ? 'lenient' : record.strictness,
      closeBy: record.closeBy ?? 'close',
      password: record.password,
    };
  },
});
