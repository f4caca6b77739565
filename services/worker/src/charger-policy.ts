/** Builds the policy of a charger from what the registry knows of it and what the worker is configured with. */
import type { ChargerRecord } from '@voltlane/registry';
import type { ChargerPolicy } from './domain/policy.ts';
import { DEFAULT_POLICY } from './domain/policy.ts';

/** Heartbeats of a fleet that booted together drift apart within a few intervals. */
const HEARTBEAT_SPREAD = 0.1;

/** What the configuration says for chargers whose record says nothing else. */
export interface PolicyDefaults {
  /** Chargers nobody registered are served. */
  readonly open: boolean;
  readonly acceptAllTokens: boolean;
  readonly heartbeatIntervalS: number;
  readonly bootRetryIntervalS: number;
  readonly quietAfterBootMs: number;
  readonly commandTimeoutsMax: number;
}

/** The rules this charger is served by. Without a record: accepted in open mode, else rejected (it was removed while connected). */
export function policyFor(record: ChargerRecord | undefined, defaults: PolicyDefaults): ChargerPolicy {
  return {
    ...DEFAULT_POLICY,
    registration: record?.registration ?? (defaults.open ? 'Accepted' : 'Rejected'),
    heartbeatIntervalS: record?.heartbeatIntervalS ?? defaults.heartbeatIntervalS,
    heartbeatSpread: record?.heartbeatIntervalS === undefined ? HEARTBEAT_SPREAD : 0,
    bootRetryIntervalS: defaults.bootRetryIntervalS,
    acceptAllTokens: defaults.acceptAllTokens,
    registered: record !== undefined,
    versions: record?.allowedVersions ?? DEFAULT_POLICY.versions,
    quietAfterBootMs: record?.quietAfterBootMs ?? defaults.quietAfterBootMs,
    commandTimeoutsMax: defaults.commandTimeoutsMax,
  };
}
