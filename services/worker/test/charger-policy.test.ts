import { EMPTY_STATE } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import { policyFor } from '../src/charger-policy.ts';
import { boot, spreadIntervalS } from '../src/domain/registration.ts';
import { charger, contextOf } from './domain/context.ts';

const DEFAULTS = {
  open: true,
  acceptAllTokens: true,
  heartbeatIntervalS: 300,
  bootRetryIntervalS: 60,
  quietAfterBootMs: 0,
  commandTimeoutsMax: 0,
};
const FACTS = {
  vendor: 'V',
  model: 'M',
  serialNumber: undefined,
  firmwareVersion: undefined,
  iccid: undefined,
  imsi: undefined,
};

describe('the interval a charger is told', () => {
  const ids = Array.from({ length: 2_000 }, (_, n) => `CP-${n}`);

  it('differs from charger to charger by up to the share, evenly, and is always the same for one', () => {
    const told = ids.map((id) => spreadIntervalS(300, 0.1, `default/${id}`));
    expect(ids.map((id) => spreadIntervalS(300, 0.1, `default/${id}`))).toEqual(told);
    expect(Math.min(...told)).toBe(270);
    expect(Math.max(...told)).toBe(330);
    const counts = new Map<number, number>();
    for (const interval of told) counts.set(interval, (counts.get(interval) ?? 0) + 1);
    expect(counts.size).toBe(61);
    // 2,000 chargers on 61 seconds: 33 on each; none is crowded.
    expect(Math.max(...counts.values())).toBeLessThan(66);
  });

  it('stays whole, positive, and 0 where the charger decides', () => {
    expect(spreadIntervalS(1, 0.5, 'a')).toBeGreaterThanOrEqual(1);
    expect(spreadIntervalS(0, 0.5, 'a')).toBe(0);
    expect(spreadIntervalS(300, 0, 'a')).toBe(300);
  });

  it('is spread by default, and exactly what the registry says where it says something', () => {
    const intervalOf = (id: string, record?: Parameters<typeof policyFor>[0]): number => {
      const one = charger('1.6', { state: EMPTY_STATE, policy: policyFor(record, DEFAULTS) });
      return boot(FACTS, { ...contextOf(one, 'BootNotification', {}), chargerId: id }).answer.interval;
    };
    expect(new Set(ids.slice(0, 50).map((id) => intervalOf(id))).size).toBeGreaterThan(20);
    const record = {
      securityProfile: 0,
      registration: 'Accepted',
      strictness: 'strict',
      heartbeatIntervalS: 120,
    } as const;
    for (const id of ids.slice(0, 50)) expect(intervalOf(id, { ...record, chargerId: id })).toBe(120);
  });
});
