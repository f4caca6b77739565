/**
 * What all processes of a cluster must agree on for ever. Written once, by whichever process comes first, through compare-and-set;
 * never changed afterwards: another partition count would put a charger on two actors, another key would repeat transaction ids.
 */

import type { Bus } from '@voltlane/bus';
import { type Clock, isoTime, type Random, systemClock } from '@voltlane/time';
import { PARTITIONS_MAX } from '@voltlane/wire';
import { RegistryError } from './errors.ts';
import { checkVersion, fieldError, parseJsonObject, readHex, readOptionalWhole, readText } from './record-fields.ts';

/** The settings of a cluster. */
export interface ClusterSettings {
  readonly partitions: number;
  /** 32 secret bytes: key of the permutation that makes 1.6 transaction ids. */
  readonly transactionIdKey: Uint8Array;
  /** When the cluster was created; ISO 8601 UTC. */
  readonly createdAt: string;
}

/** Bucket and key of the settings. */
export const CLUSTER_BUCKET = 'voltlane_cluster';
const KEY = 'settings';
const VERSION = 1;
const KEY_BYTES = 32;
const VALUE_BYTES_MAX = 4096;
const ATTEMPTS_MAX = 5;

/**
 * Reads the settings, or creates them with `partitions` when there are none. RegistryError `partitions-mismatch` when the cluster
 * was created with another count; BusError as the bus gives it.
 */
export async function openClusterSettings(
  bus: Pick<Bus, 'keyValue'>,
  wanted: { readonly partitions: number },
  random: Random,
  clock: Clock = systemClock,
): Promise<ClusterSettings> {
  if (!Number.isInteger(wanted.partitions) || wanted.partitions < 1 || wanted.partitions > PARTITIONS_MAX) {
    throw fieldError('partitions', wanted.partitions, `a whole number from 1 to ${PARTITIONS_MAX}`);
  }
  const bucket = await bus.keyValue({ bucket: CLUSTER_BUCKET, maxAgeMs: 0, valueBytesMax: VALUE_BYTES_MAX });
  // A second round only when another process created them between our read and our write.
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const entry = await bucket.get(KEY);
    if (entry !== undefined) return checked(decodeSettings(entry.value), wanted.partitions);
    const created: ClusterSettings = {
      partitions: wanted.partitions,
      transactionIdKey: random.bytes(KEY_BYTES),
      createdAt: isoTime(clock.nowMs()),
    };
    if ((await bucket.update(KEY, encodeSettings(created), 0)) !== undefined) return created;
  }
  throw new RegistryError('contended', 'the cluster settings can be neither read nor created');
}

function checked(settings: ClusterSettings, partitions: number): ClusterSettings {
  if (settings.partitions === partitions) return settings;
  throw new RegistryError(
    'partitions-mismatch',
    `this cluster was created with ${settings.partitions} partitions, this process is configured with ${partitions}: ` +
      `set its partitions to ${settings.partitions}; the number is fixed for the life of a cluster`,
  );
}

function encodeSettings(settings: ClusterSettings): Uint8Array {
  const { partitions, transactionIdKey, createdAt } = settings;
  const key = Buffer.from(transactionIdKey).toString('hex');
  return Buffer.from(JSON.stringify({ v: VERSION, partitions, transactionIdKey: key, createdAt }), 'utf8');
}

function decodeSettings(bytes: Uint8Array): ClusterSettings {
  const json = parseJsonObject(bytes, 'cluster settings');
  checkVersion(json, VERSION, 'cluster settings');
  const partitions = readOptionalWhole(json, 'partitions', 1, PARTITIONS_MAX);
  if (partitions === undefined)
    throw fieldError('partitions', partitions, `a whole number from 1 to ${PARTITIONS_MAX}`);
  const key = readHex(json, 'transactionIdKey', KEY_BYTES, KEY_BYTES);
  return {
    partitions,
    transactionIdKey: new Uint8Array(Buffer.from(key, 'hex')),
    createdAt: readText(json, 'createdAt', 64),
  };
}
