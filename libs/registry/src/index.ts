/** Public face of `@voltlane/registry`. */
export {
  ALL_TENANTS,
  API_KEY_NAME_CHARS_MAX,
  API_ROLES,
  type ApiKeyFacts,
  type ApiKeyRecord,
  type ApiRole,
  newApiKey,
} from './api-key-record.ts';
export { API_KEYS_BUCKET, ApiKeys, type ApiKeysOptions, type ApiKeyVerdict, openApiKeys } from './api-keys.ts';
export { type ChargerInput, readChargerInput, recordToStore } from './charger-input.ts';
export {
  type ChargerRecord,
  CLOSE_WAYS,
  decodeChargerRecord,
  encodeChargerRecord,
  HEARTBEAT_INTERVAL_S_MAX,
  QUIET_AFTER_BOOT_MS_MAX,
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
export {
  delegableActions,
  fallbacksOf,
  HANDLER_FALLBACKS,
  type HandlerFallback,
  type HandlerSetting,
  readTenantHandlers,
  type TenantHandlers,
} from './handler-record.ts';
export {
  HANDLERS_BUCKET,
  type HandlerSettings,
  type HandlerSettingsStats,
  openHandlerSettings,
  TENANTS_MAX,
} from './handler-settings.ts';
export type { RecordCacheStats } from './record-cache.ts';
export type { JsonObject } from './record-fields.ts';
export {
  CHARGERS_BUCKET,
  type ChargerChange,
  openRegistry,
  type Registry,
  type RegistryOptions,
  registeredIdentity,
  TOKENS_BUCKET,
} from './registry.ts';
export {
  applySeed,
  applySeedHandlers,
  applySeedLine,
  type RecordLine,
  readSeed,
  type Seed,
  type SeedError,
  type SeedResult,
  type SeedTarget,
} from './seed.ts';
export { readSeedLine, type SeedLine } from './seed-line.ts';
export type { SeedPassword } from './seed-password.ts';
export {
  decodeTokenRecord,
  encodeTokenRecord,
  ID_TOKEN_CHARS_MAX,
  readTokenRecord,
  TOKEN_STATUSES,
  type TokenRecord,
} from './token-record.ts';
