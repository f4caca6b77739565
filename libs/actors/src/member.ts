/** What a process says of itself with each heartbeat. One key per process in one bucket; the key is its id. */

/** Bucket of all workers. */
export const WORKERS_BUCKET = 'voltlane_workers';

/** Bucket of all edges, and of the workers that watch them. */
export const EDGES_BUCKET = 'voltlane_edges';

/**
 * `active` takes part; `leaving` keeps what it has until it is handed over, and takes nothing; `observing` is in the bucket only
 * to hear its own heartbeats, so that it knows when it may blame others for silence.
 */
export type MemberState = 'active' | 'leaving' | 'observing';

/** One heartbeat. `beat` only makes each one different: no reader computes with it. */
export interface MemberRecord {
  readonly member: string;
  readonly beat: number;
  readonly state: MemberState;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * JSON, so that an operator can read it with any NATS client. Everybody reads everybody's heartbeats, and they are short ASCII:
 * a pooled Buffer and latin1 take half the time of TextEncoder and TextDecoder.
 */
export function encodeMember(record: MemberRecord): Uint8Array {
  const { member, beat, state } = record;
  return Buffer.from(JSON.stringify({ member, beat, state }), 'latin1');
}

/**
 * The record, or undefined for what is none. A state this version does not know reads as `leaving`: such a member lives, so
 * its claims count, but nobody gives it more.
 */
export function decodeMember(bytes: Uint8Array): MemberRecord | undefined {
  const value = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('member' in value) || !('beat' in value) || !('state' in value)) return undefined;
  const { member, beat, state } = value;
  if (typeof member !== 'string' || !NAME.test(member) || typeof beat !== 'number') return undefined;
  return { member, beat, state: state === 'active' || state === 'observing' ? state : 'leaving' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
