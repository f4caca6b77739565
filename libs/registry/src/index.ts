/** Public face of `@voltlane/registry`. */
export {
  type ChargerRecord,
  decodeChargerRecord,
  encodeChargerRecord,
  RECORD_OCPP_VERSIONS,
  REGISTRATIONS,
  readChargerRecord,
  STRICTNESSES,
} from './charger-record.ts';
export { CLUSTER_BUCKET, type ClusterSettings, openClusterSettings } from './cluster-settings.ts';
export {
  hashPassword,
  PASSWORD_BYTES_MAX,
  type StoredPassword,
  storePassword,
  verifyPassword,
} from './credentials.ts';
export { REGISTRY_ERROR_CODES, RegistryError, type RegistryErrorCode } from './errors.ts';
export type { RecordCacheStats } from './record-cache.ts';
export type { JsonObject } from './record-fields.ts';
export {
  CHARGERS_BUCKET,
  type ChargerChange,
  openRegistry,
  type Registry,
  type RegistryOptions,
  TOKENS_BUCKET,
} from './registry.ts';
export {
  applySeed,
  readSeed,
  type Seed,
  type SeedCharger,
  type SeedError,
  type SeedResult,
  type SeedToken,
} from './seed.ts';
export type { SeedPassword } from './seed-password.ts';
export {
  decodeTokenRecord,
  encodeTokenRecord,
  ID_TOKEN_CHARS_MAX,
  readTokenRecord,
  TOKEN_STATUSES,
  type TokenRecord,
} from './token-record.ts';
