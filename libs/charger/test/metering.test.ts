/** Physics of the meter. */
import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { DEFAULT_HARDWARE } from '../src/index.ts';
import { createMeter, type Reading, readMeter } from '../src/metering.ts';

const hardware = DEFAULT_HARDWARE;

function run(seconds: readonly number[], targetA = 16, socPercent?: number): Reading[] {
  const random = createSeededRandom(3);
  const meter = createMeter(1000, 0);
  if (socPercent !== undefined) meter.battery = { capacityWh: 20_000, socPercent };
  return seconds.map((s) => readMeter(meter, s * 1000, { atMs: s * 1000, targetA, hardware, random }));
}

describe('a meter', () => {
  it('shows P = U · I · phases in every reading', () => {
    for (const { powerW, voltageV, currentA, phases } of run([0, 1, 5, 10, 60, 600])) {
      expect(Math.abs(powerW - voltageV * currentA * phases)).toBeLessThan(0.1);
    }
  });

  it('ramps up and stays near the target with a little noise', () => {
    const amps = run([0, 1, 2, 10, 20, 30]).map(({ currentA }) => currentA);
    expect(amps[0]).toBe(0);
    expect(amps[1]).toBeLessThan(amps[2] ?? 0);
    for (const a of amps.slice(3)) expect(Math.abs(a - 16)).toBeLessThan(0.2);
    expect(new Set(amps.slice(3)).size).toBeGreaterThan(1);
  });

  it('counts energy that fits power and time, never backwards', () => {
    const readings = run([0, 10, 20, 1000, 900, 3620]);
    for (const [index, reading] of readings.entries()) {
      expect(reading.registerWh).toBeGreaterThanOrEqual(readings[index - 1]?.registerWh ?? 0);
    }
    const hours = 3600 / 3600;
    const mean = 230 * 16 * 3;
    expect((readings.at(-1)?.registerWh ?? 0) - (readings[2]?.registerWh ?? 0)).toBeGreaterThan(mean * hours * 0.98);
    expect((readings.at(-1)?.registerWh ?? 0) - (readings[2]?.registerWh ?? 0)).toBeLessThan(mean * hours * 1.02);
  });

  it('never exceeds what the hardware can carry', () => {
    for (const { currentA } of run([0, 60, 120, 180, 240], 500))
      expect(currentA).toBeLessThanOrEqual(hardware.maxCurrentA);
  });

  it('fills the battery and tapers off near full', () => {
    const readings = run([0, 600, 1200, 3000, 6000, 9000, 12_000], 32, 70);
    const soc = readings.map(({ socPercent }) => socPercent ?? 0);
    expect(soc).toEqual([...soc].sort((a, b) => a - b));
    expect(soc.at(-1)).toBeLessThanOrEqual(100);
    expect(readings.at(-1)?.currentA ?? 99).toBeLessThan(readings[1]?.currentA ?? 0);
  });
});
