import { describe, expect, it } from 'vitest';
import { chargerId, partitionOf, tenant, WireError } from '../src/index.ts';

const DEFAULT = tenant('default');

describe('partitionOf', () => {
  it('gives the same partition for ever', () => {
    const placed = [
      [DEFAULT, 'CP1', 256],
      [DEFAULT, 'CP2', 256],
      [DEFAULT, 'RDAM 123', 256],
      [DEFAULT, 'Süd', 256],
      [tenant('acme'), 'CP1', 256],
      [DEFAULT, 'CP1', 16],
      [DEFAULT, 'CP1', 1],
    ] as const;
    expect(placed.map(([of, id, partitions]) => partitionOf(of, chargerId(id), partitions))).toEqual([
      78, 241, 178, 39, 124, 14, 0,
    ]);
  });

  it('does not depend on the case of the identity, but on that of the tenant', () => {
    expect(partitionOf(DEFAULT, chargerId('RDAM Süd'), 65_536)).toBe(
      partitionOf(DEFAULT, chargerId('rdam SÜD'), 65_536),
    );
    expect(partitionOf(tenant('Acme'), chargerId('CP1'), 65_536)).not.toBe(
      partitionOf(tenant('acme'), chargerId('CP1'), 65_536),
    );
  });

  it.each(['CP', 'DE*ABC*E', 'sim-000'])('spreads 100,000 chargers %s… evenly over 256 partitions', (stem) => {
    const counts = Array.from({ length: 256 }, () => 0);
    for (let index = 0; index < 100_000; index += 1) {
      const partition = partitionOf(DEFAULT, chargerId(`${stem}${index}`), 256);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    const expected = 100_000 / 256;
    let chiSquare = 0;
    for (const count of counts) chiSquare += (count - expected) ** 2 / expected;
    // 255 degrees of freedom: 99.9 % of even spreads lie below 331.
    expect(chiSquare).toBeLessThan(331);
    expect(Math.max(...counts)).toBeLessThan(expected * 1.25);
    expect(Math.min(...counts)).toBeGreaterThan(expected * 0.75);
  });

  it.each([0, -1, 1.5, Number.NaN, 65_537])('refuses %d partitions', (partitions) => {
    expect(() => partitionOf(DEFAULT, chargerId('CP1'), partitions)).toThrow(WireError);
  });
});
