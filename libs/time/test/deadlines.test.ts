import { describe, expect, it } from 'vitest';
import { createSeededRandom, Deadlines } from '../src/index.ts';

describe('deadlines', () => {
  it('returns what is due, earliest first, and once', () => {
    const deadlines = new Deadlines<string>(100);
    deadlines.add('b', 250);
    deadlines.add('a', 40);
    deadlines.add('c', 251);
    expect(deadlines.sweep(39)).toEqual([]);
    expect(deadlines.sweep(250)).toEqual(['a', 'b']);
    expect(deadlines.sweep(250)).toEqual([]);
    expect(deadlines.sweep(251)).toEqual(['c']);
    expect(deadlines.size).toBe(0);
  });

  it('moves a deadline later and earlier', () => {
    const deadlines = new Deadlines<string>(10);
    deadlines.add('late', 20);
    deadlines.add('late', 95);
    deadlines.add('early', 90);
    deadlines.add('early', 15);
    expect(deadlines.sweep(50)).toEqual(['early']);
    expect(deadlines.get('late')).toBe(95);
    expect(deadlines.sweep(94)).toEqual([]);
    expect(deadlines.sweep(95)).toEqual(['late']);
  });

  it('does not return what was deleted', () => {
    const deadlines = new Deadlines<string>(10);
    deadlines.add('a', 20);
    deadlines.add('b', 20);
    expect(deadlines.delete('a')).toBe(true);
    expect(deadlines.delete('a')).toBe(false);
    expect(deadlines.sweep(1000)).toEqual(['b']);
  });

  it('returns a deadline that had passed when it was added at the next sweep', () => {
    const deadlines = new Deadlines<string>(10);
    deadlines.sweep(1000);
    deadlines.add('past', 5);
    expect(deadlines.sweep(1000)).toEqual(['past']);
  });

  it('refuses a deadline that is no time', () => {
    const deadlines = new Deadlines<string>();
    expect(() => deadlines.add('a', Number.NaN)).toThrow(RangeError);
    expect(() => new Deadlines(0)).toThrow(RangeError);
  });

  it('agrees with a plain map over random histories', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = createSeededRandom(seed);
      const deadlines = new Deadlines<number>(1 + Math.floor(random.next() * 40));
      const model = new Map<number, number>();
      let now = random.next() * 100;
      for (let step = 0; step < 400; step += 1) {
        const key = Math.floor(random.next() * 30);
        const dice = random.next();
        if (dice < 0.5) {
          const at = now + random.next() * 300 - 30;
          deadlines.add(key, at);
          model.set(key, at);
        } else if (dice < 0.65) {
          expect(deadlines.delete(key)).toBe(model.delete(key));
        } else {
          now += random.next() * (dice < 0.7 ? 2000 : 30);
          const due = [...model].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
          for (const [dueKey] of due) model.delete(dueKey);
          expect(deadlines.sweep(now), `seed ${seed} step ${step}`).toEqual(due.map(([dueKey]) => dueKey));
        }
        expect(deadlines.size).toBe(model.size);
      }
    }
  });

  it('sweeps 100,000 refreshed deadlines', () => {
    const deadlines = new Deadlines<number>(1000);
    for (let key = 0; key < 100_000; key += 1) deadlines.add(key, 60_000 + key / 10);
    for (let key = 0; key < 100_000; key += 1) deadlines.add(key, 120_000 + key / 10);
    // One bucket of the old deadlines is met per sweep; each key moves once.
    for (let now = 0; now < 120_000; now += 1000) expect(deadlines.sweep(now)).toHaveLength(0);
    expect(deadlines.sweep(130_000)).toHaveLength(100_000);
  });
});
