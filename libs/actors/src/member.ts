/** What a worker says of itself with each heartbeat. One key per worker in one bucket; the key is the worker's id. */

import type { WorkerId } from '@voltlane/wire';
import { isWorkerId } from '@voltlane/wire';

/** Bucket of all members. */
export const WORKERS_BUCKET = 'voltlane_workers';

/** `active` takes partitions; `leaving` keeps what it has until it is handed over, and takes nothing. */
export type MemberState = 'active' | 'leaving';

/** One heartbeat. `beat` only makes each one different: no reader computes with it. */
export interface MemberRecord {
  readonly worker: WorkerId;
  readonly beat: number;
  readonly state: MemberState;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** JSON, so that an operator can read it with any NATS client. */
export function encodeMember(record: MemberRecord): Uint8Array {
  const { worker, beat, state } = record;
  return encoder.encode(JSON.stringify({ worker, beat, state }));
}

/**
 * The record, or undefined for what is none. A state this version does not know reads as `leaving`: such a member lives, so
 * its claims count, but nobody gives it more.
 */
export function decodeMember(bytes: Uint8Array): MemberRecord | undefined {
  const value = parse(decoder.decode(bytes));
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('worker' in value) || !('beat' in value) || !('state' in value)) return undefined;
  const { worker, beat, state } = value;
  if (typeof worker !== 'string' || !isWorkerId(worker) || typeof beat !== 'number') return undefined;
  return { worker, beat, state: state === 'active' ? 'active' : 'leaving' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
