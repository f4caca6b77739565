import { describe, expect, it } from 'vitest';
import { type ChargerSeen, chargerId, decodeLastSeen, encodeLastSeen, tenant, WireError } from '../src/index.ts';

function seen(tenantName: string, id: string, seenAtS: number): ChargerSeen {
  return { tenant: tenant(tenantName), chargerId: chargerId(id), seenAtS };
}

describe('pages of last seen chargers', () => {
  it('come back as they went, over several tenants', () => {
    const page = {
      writtenAtS: 1_780_000_000,
      chargers: [seen('acme', 'CP 1*', 1_780_000_000), seen('acme', 'Süd.2', 1_779_999_000), seen('default', 'CP1', 1)],
    };
    expect(decodeLastSeen(encodeLastSeen(page))).toEqual(page);
    expect(decodeLastSeen(encodeLastSeen({ writtenAtS: 5, chargers: [] }))).toEqual({ writtenAtS: 5, chargers: [] });
  });

  it('hold these bytes', () => {
    const bytes = encodeLastSeen({ writtenAtS: 1_000, chargers: [seen('t', 'A', 990), seen('t', 'B', 1_005)] });
    expect(Buffer.from(bytes).toString('hex')).toBe('9a0124cd03e802a174a1410ac0a14200');
  });

  it('cost about 16 bytes a charger', () => {
    const chargers = Array.from({ length: 400 }, (_, index) =>
      seen('default', `CP-${100_000 + index}`, 1_000_000 - index),
    );
    const { length } = encodeLastSeen({ writtenAtS: 1_000_000, chargers });
    console.log(`last seen: ${(length / 400).toFixed(1)} bytes a charger with ids of 9 characters`);
    expect(length / 400).toBeLessThan(16);
  });

  it('are refused when they are something else', () => {
    const good = encodeLastSeen({ writtenAtS: 1_000, chargers: [seen('t', 'A', 990)] });
    const cases = {
      empty: Uint8Array.of(),
      cut: good.slice(0, -1),
      otherKind: Uint8Array.of(0x94, 1, 35, 1, 0),
      more: Uint8Array.of(0x94, 1, 36, 1, 2),
      noTenant: Uint8Array.of(0x97, 1, 36, 1, 1, 0xc0, 0xa1, 0x41, 0),
      noCharger: Uint8Array.of(0x97, 1, 36, 1, 1, 0xa1, 0x74, 0xa1, 0x2f, 0),
    };
    for (const [name, bytes] of Object.entries(cases)) {
      let caught: unknown;
      try {
        decodeLastSeen(bytes);
      } catch (error) {
        caught = error;
      }
      expect([name, caught instanceof WireError && caught.code]).toEqual([name, 'malformed']);
    }
    expect(() => decodeLastSeen(Uint8Array.of(0x94, 9, 36, 1, 0))).toThrow(/version 9/);
  });
});
