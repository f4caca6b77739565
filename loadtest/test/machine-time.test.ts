import { describe, expect, it } from 'vitest';
import {
  machineShares,
  machineTime,
  machineTimeBetween,
  machineTimeOf,
  machineTimeSum,
  noMachineTime,
} from '../src/machine-time.ts';

describe('the processor time of the machine', () => {
  it('is read as proc(5) orders its fields: guest time is in user time already', () => {
    const text = 'cpu  100 20 30 400 50 6 7 80 11 12\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1\n';
    expect(machineTimeOf(text)).toEqual({ totalTicks: 693, idleTicks: 450, stolenTicks: 80 });
  });

  it('is zero where an old kernel or another system says nothing', () => {
    expect(machineTimeOf('')).toEqual(noMachineTime());
    expect(machineTimeOf('cpu  1 2 3 4\n')).toEqual({ totalTicks: 10, idleTicks: 4, stolenTicks: 0 });
  });

  it('of this machine only grows', () => {
    const before = machineTime();
    const passed = machineTimeBetween(before, machineTime());
    expect(before.totalTicks).toBeGreaterThan(0);
    expect(passed.totalTicks).toBeGreaterThanOrEqual(0);
  });

  it('adds up over phases, and shares are of all cores', () => {
    const phase = { totalTicks: 200, idleTicks: 100, stolenTicks: 10 };
    const both = machineTimeSum([phase, { totalTicks: 200, idleTicks: 0, stolenTicks: 30 }]);
    expect(machineShares(both)).toEqual({ idlePercent: 25, stolenPercent: 10 });
    expect(machineShares(noMachineTime())).toEqual({ idlePercent: 0, stolenPercent: 0 });
  });
});
