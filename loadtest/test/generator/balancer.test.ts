import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { Balancer } from '../../src/generator/balancer.ts';

describe('the balancer of a generator', () => {
  it('fills up the target with the fewest connections, and not the one just left', () => {
    const balancer = new Balancer(3, createSeededRandom(1));
    for (const target of [0, 0, 0, 1, 1, 2]) balancer.took(target);
    expect(balancer.next(0, 0)).toBe(2);
    expect(balancer.next(2, 0)).toBe(1);
    balancer.left(0);
    balancer.left(0);
    balancer.left(0);
    expect(balancer.next(2, 0)).toBe(0);
  });

  it('shares among equals', () => {
    const balancer = new Balancer(4, createSeededRandom(2));
    const seen = new Set(Array.from({ length: 100 }, () => balancer.next(0, 0)));
    expect([...seen].toSorted()).toEqual([1, 2, 3]);
  });

  it('leaves a target alone that refused, for a while', () => {
    const balancer = new Balancer(3, createSeededRandom(3));
    balancer.took(2);
    balancer.refused(1, 1_000);
    expect(balancer.next(0, 3_999)).toBe(2);
    expect(balancer.next(0, 4_000)).toBe(1);
  });

  it('takes any other when none is up, and the only one there is', () => {
    const balancer = new Balancer(3, createSeededRandom(4));
    for (const target of [0, 1, 2]) balancer.refused(target, 0);
    expect(balancer.next(1, 1)).not.toBe(1);
    expect(new Balancer(1, createSeededRandom(5)).next(0, 0)).toBe(0);
  });

  it('keeps every edge within its share through a rolling restart', () => {
    const balancer = new Balancer(7, createSeededRandom(6));
    const targets = Array.from({ length: 7_000 }, (_, row) => row % 7);
    for (const target of targets) balancer.took(target);
    for (let edge = 0; edge < 7; edge += 1) {
      for (const [row, target] of targets.entries()) {
        if (target !== edge) continue;
        balancer.left(target);
        const next = balancer.next(target, 0);
        balancer.took(next);
        targets[row] = next;
      }
      const counts = [0, 1, 2, 3, 4, 5, 6].map((one) => targets.filter((target) => target === one).length);
      expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(7_000 / 6));
    }
  });
});
