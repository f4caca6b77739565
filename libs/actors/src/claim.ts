/** A claim: who may act for a partition, and with which epoch. One key per partition in one bucket, written by compare-and-set. */

import type { Epoch, PartitionId, WorkerId } from '@voltlane/wire';
import { epoch, partitionId, workerId } from '@voltlane/wire';
import { ActorsError } from './errors.ts';

/** Bucket that holds all claims. */
export const CLAIMS_BUCKET = 'voltlane_claims';

/** A claim; `worker` is undefined when its last holder gave it up. The epoch only grows, also over that. */
export interface Claim {
  readonly worker: WorkerId | undefined;
  readonly epoch: Epoch;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Key of a partition's claim. */
export function claimKey(partition: PartitionId): string {
  return `p.${partition}`;
}

/** The partition a key belongs to. */
export function partitionOfClaimKey(key: string): PartitionId {
  const number = Number(key.slice(2));
  if (!key.startsWith('p.') || !Number.isInteger(number)) {
    throw new ActorsError('bad-claim', `key ${key} in bucket ${CLAIMS_BUCKET} is not a claim`);
  }
  return partitionId(number);
}

/** JSON, so that an operator can read it with any NATS client. */
export function encodeClaim(claim: Claim): Uint8Array {
  return encoder.encode(JSON.stringify({ worker: claim.worker ?? null, epoch: claim.epoch }));
}

/** Throws ActorsError `bad-claim` for anything `encodeClaim` did not write. */
export function decodeClaim(bytes: Uint8Array): Claim {
  const text = decoder.decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'worker' in value && 'epoch' in value) {
      const holder = value.worker;
      const number = value.epoch;
      if ((holder === null || typeof holder === 'string') && typeof number === 'number') {
        return { worker: holder === null ? undefined : workerId(holder), epoch: epoch(number) };
      }
    }
  } catch (cause) {
    throw new ActorsError('bad-claim', `claim is not readable: ${text.slice(0, 80)}`, { cause });
  }
  throw new ActorsError('bad-claim', `claim has not the fields worker and epoch: ${text.slice(0, 80)}`);
}
