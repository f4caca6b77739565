/**
 * Owns the physics of one connector's meter: how current ramps, how energy grows. Version-neutral; the dialects give a
 * reading its shape. It must never read a clock: the caller says what time it is.
 *
 * Invariants: the register never falls; powerW = voltageV · currentA · phases of the same reading; energy is the
 * integral of the ramped current at the voltage of the reading.
 */
import type { Random } from '@voltlane/time';
import type { Hardware } from './hardware.ts';

/** Amperes per second with which a car's charger ramps. */
const RAMP_A_PER_S = 4;
/** Noise of voltage and current, as a share of the value. */
const NOISE = 0.01;
/** Above this state of charge a battery takes less and less. */
const TAPER_FROM_PERCENT = 80;

/** The meter of one connector. */
export interface Meter {
  registerWh: number;
  /** Monotonic time of the last reading, ms. */
  readMs: number;
  /** Mean current per phase that flows, before noise. */
  currentA: number;
  /** The car's battery, when the session tells it. */
  battery: Battery | undefined;
}

/** A car's battery. */
export interface Battery {
  readonly capacityWh: number;
  socPercent: number;
}

/** What the meter shows at one moment. */
export interface Reading {
  /** Wall time, ms since 1970. */
  readonly atMs: number;
  /** Energy.Active.Import.Register, watt-hours, one decimal. */
  readonly registerWh: number;
  readonly powerW: number;
  readonly currentA: number;
  readonly voltageV: number;
  readonly phases: 1 | 3;
  /** Current that may flow: charging profiles and hardware. */
  readonly offeredA: number;
  readonly socPercent: number | undefined;
}

/** A meter that has counted `registerWh` before. */
export function createMeter(registerWh: number, readMs: number): Meter {
  return { registerWh, readMs, currentA: 0, battery: undefined };
}

/** What a reading depends on beside the meter. */
export interface Draw {
  /** Wall time for the reading; physics follows the monotonic time, because wall clocks jump. */
  readonly atMs: number;
  /** Current the car and the charging profiles ask for, amperes per phase; 0 means no charging. */
  readonly targetA: number;
  readonly hardware: Hardware;
  readonly random: Random;
}

/** Moves the meter to the monotonic time `nowMs` and reads it. */
export function readMeter(meter: Meter, nowMs: number, draw: Draw): Reading {
  const elapsedS = Math.max(0, nowMs - meter.readMs) / 1000;
  const offeredA = Math.min(draw.targetA, draw.hardware.maxCurrentA);
  const wantedA = offeredA * taper(meter.battery);
  const fromA = meter.currentA;
  meter.currentA = ramp(fromA, wantedA, elapsedS);
  const voltageV = round(noisy(draw.hardware.voltageV, draw.random), 1);
  const currentA = round(
    meter.currentA === 0 ? 0 : Math.min(noisy(meter.currentA, draw.random), draw.hardware.maxCurrentA),
    2,
  );
  const powerW = voltageV * currentA * draw.hardware.phases;
  const energyWh = (voltageV * draw.hardware.phases * charged(fromA, meter.currentA, elapsedS)) / 3600;
  meter.registerWh += energyWh;
  meter.readMs = Math.max(meter.readMs, nowMs);
  if (meter.battery !== undefined) charge(meter.battery, energyWh);
  return {
    atMs: draw.atMs,
    registerWh: Math.floor(meter.registerWh * 10) / 10,
    powerW: round(powerW, 1),
    currentA,
    voltageV,
    phases: draw.hardware.phases,
    offeredA: round(offeredA, 2),
    socPercent: meter.battery === undefined ? undefined : round(meter.battery.socPercent, 1),
  };
}

/** Ampere-seconds of a ramp from one current to another and what follows it. */
function charged(fromA: number, toA: number, elapsedS: number): number {
  const rampS = Math.min(elapsedS, Math.abs(toA - fromA) / RAMP_A_PER_S);
  return ((fromA + toA) / 2) * rampS + toA * (elapsedS - rampS);
}

function ramp(fromA: number, toA: number, elapsedS: number): number {
  const step = RAMP_A_PER_S * elapsedS;
  return toA > fromA ? Math.min(toA, fromA + step) : Math.max(toA, fromA - step);
}

function taper(battery: Battery | undefined): number {
  if (battery === undefined || battery.socPercent <= TAPER_FROM_PERCENT) return 1;
  return Math.max(0, (100 - battery.socPercent) / (100 - TAPER_FROM_PERCENT));
}

function charge(battery: Battery, energyWh: number): void {
  battery.socPercent = Math.min(100, battery.socPercent + (energyWh / battery.capacityWh) * 100);
}

function noisy(value: number, random: Random): number {
  return value * (1 + (random.next() * 2 - 1) * NOISE);
}

/** `value` with at most `decimals` decimals. */
export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
