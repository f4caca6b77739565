import { workerId } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MemberState } from '../src/index.ts';
import { decodeMember, encodeMember } from '../src/index.ts';
import { PeerTable } from '../src/peer-table.ts';

const W = workerId('w1');
let peers: PeerTable;

function beat(nowMs: number, state: MemberState = 'active'): boolean {
  return peers.seen(W, { state }, nowMs);
}

beforeEach(() => {
  peers = new PeerTable(1000);
});

describe('what a worker knows of the others', () => {
  it('calls one dead whose entry stands still, and live again when it moves', () => {
    expect(beat(0)).toBe(true);
    expect(peers.expire(1000)).toBe(false);
    expect(peers.expire(1001)).toBe(true);
    expect(peers.isLive(W)).toBe(false);
    expect(beat(2000)).toBe(true);
    expect(peers.active()).toEqual([W]);
  });

  it('tells an entry it found from one it saw moving', () => {
    beat(0);
    peers.known = true;
    expect(peers.hasMoved(W)).toBe(false);
    beat(10);
    expect(peers.hasMoved(W)).toBe(true);
  });

  it('gives nothing to one who leaves, though its claims count', () => {
    beat(0);
    expect(beat(10, 'leaving')).toBe(true);
    expect(peers.active()).toEqual([]);
    expect(peers.isLive(W)).toBe(true);
    expect(peers.removed(W)).toBe(true);
    expect(peers.isLive(W)).toBe(false);
  });

  it('does not believe that a live member is gone because somebody removed its entry', () => {
    beat(0);
    expect(peers.removed(W)).toBe(false);
    expect(peers.active()).toEqual([W]);
    expect(peers.expire(1001)).toBe(true);
    expect(peers.isLive(W)).toBe(false);
  });

  it('lets the claims of a stranger count for one period, but gives it nothing', () => {
    expect(peers.sighted(W, 0)).toBe(true);
    expect(peers.isLive(W)).toBe(true);
    expect(peers.active()).toEqual([]);
    expect(peers.expire(1001)).toBe(true);
    expect(peers.isLive(W)).toBe(false);
  });

  it('takes a fresh claim for a sign of life', () => {
    beat(0);
    peers.expire(1001);
    expect(peers.sighted(W, 1500)).toBe(true);
    expect(peers.isLive(W)).toBe(true);
    expect(peers.sighted(W, 1600)).toBe(false);
  });

  it('gives a fresh period to the living only', () => {
    beat(0);
    peers.grant(900);
    expect(peers.expire(1800)).toBe(false);
    expect(peers.expire(1901)).toBe(true);
    peers.grant(2000);
    expect(peers.isLive(W)).toBe(false);
  });

  it('names the long dead a few at a time, each once in a while', () => {
    const workers = Array.from({ length: 6 }, (_, index) => workerId(`d${index}`));
    for (const worker of workers) peers.seen(worker, { state: 'active' }, 0);
    peers.expire(1001);
    expect(peers.longDead(60_000)).toEqual([]);
    expect(peers.longDead(60_001).length).toBe(4);
    expect(peers.longDead(60_002).length).toBe(2);
    expect(peers.longDead(60_003)).toEqual([]);
  });
});

describe('a member entry', () => {
  it('is JSON and comes back as it went', () => {
    const record = { member: W, beat: 7, state: 'leaving' } as const;
    expect(new TextDecoder().decode(encodeMember(record))).toBe('{"member":"w1","beat":7,"state":"leaving"}');
    expect(decodeMember(encodeMember(record))).toEqual(record);
  });

  it('in a state this version does not know gets nothing', () => {
    expect(decodeMember(new TextEncoder().encode('{"member":"w1","beat":1,"state":"resting"}'))?.state).toBe('leaving');
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"member":"w 1","beat":1,"state":"active"}',
    '{"member":"w1","beat":"1","state":"active"}',
  ])('that is none is undefined: %j', (text) => {
    expect(decodeMember(new TextEncoder().encode(text))).toBeUndefined();
  });
});
