import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { chargerId, edgeId, partitionId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { IndexedCharger } from '../src/session-index.ts';
import { SessionIndex } from '../src/session-index.ts';
import { TENANT } from './uplinks.ts';

const P0 = partitionId(0);
const [A, B] = [edgeId('edge-a'), edgeId('edge-b')];

function charger(id: string, partition = P0): IndexedCharger {
  return { partition, tenant: TENANT, chargerId: chargerId(id) };
}

describe('the index of sessions', () => {
  it('knows who is with an edge, as last said, over all held partitions', () => {
    const index = new SessionIndex(10);
    const p1 = partitionId(1);
    index.open(P0);
    index.open(p1);
    index.put(charger('CP 1.Süd'), A);
    index.put(charger('CP2', p1), A);
    index.put(charger('CP3'), A);
    index.put(charger('CP3'), B);
    index.put(charger('CP4'), A);
    index.remove(charger('CP4'));
    expect([...index.chargersOf(A)]).toEqual([charger('CP 1.Süd'), charger('CP2', p1)]);
    expect([...index.chargersOf(B)]).toEqual([charger('CP3')]);
    expect([index.countOf(A), index.countOf(B), index.countOf(edgeId('edge-c'))]).toEqual([2, 1, 0]);
    expect(index.size).toBe(3);
    expect(index.moved).toBe(1);
  });

  it('forgets a partition that is given up, and takes nothing for one that is not held', () => {
    const index = new SessionIndex(10);
    index.put(charger('CP1'), A);
    expect(index.size).toBe(0);
    index.open(P0);
    index.put(charger('CP1'), A);
    index.close(P0);
    index.close(P0);
    expect([index.size, index.countOf(A), ...index.chargersOf(A)]).toEqual([0, 0]);
  });

  it('passes over who has left by the time it is looked for', () => {
    const index = new SessionIndex(10);
    index.open(P0);
    for (const id of ['CP1', 'CP2', 'CP3', 'CP4']) index.put(charger(id), A);
    const found = index.chargersOf(A);
    expect(found.next().value).toEqual(charger('CP1'));
    index.put(charger('CP2'), B);
    index.remove(charger('CP3'));
    expect(index.countOf(A)).toBe(2);
    expect([...found]).toEqual([charger('CP4')]);
  });

  it('takes no more chargers than it may, but follows those it has', () => {
    const index = new SessionIndex(1);
    index.open(P0);
    index.put(charger('CP1'), A);
    index.put(charger('CP2'), A);
    index.put(charger('CP1'), B);
    expect([...index.chargersOf(B)]).toEqual([charger('CP1')]);
    expect([index.size, index.refused]).toEqual([1, 1]);
    index.remove(charger('CP1'));
    index.put(charger('CP2'), A);
    expect(index.size).toBe(1);
  });

  it('costs at most 150 bytes a charger', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const count = 100_000;
    const index = new SessionIndex(count);
    for (let p = 0; p < 64; p += 1) index.open(partitionId(p));
    collect();
    const before = process.memoryUsage().heapUsed;
    // Each message brings texts of its own, as from a decoder.
    for (let n = 0; n < count; n += 1) {
      const id = Buffer.from(`DE-ABC-${String(n).padStart(8, '0')}`).toString();
      index.put(charger(id, partitionId(n % 64)), edgeId(Buffer.from(`edge${n % 4}abcdefgh`).toString()));
    }
    collect();
    const bytes = (process.memoryUsage().heapUsed - before) / count;
    console.log(`session index: ${bytes.toFixed(0)} bytes a charger`);
    expect(index.size).toBe(count);
    expect(bytes).toBeGreaterThan(20);
    expect(bytes).toBeLessThan(150);
  });
});
