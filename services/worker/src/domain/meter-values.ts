/**
 * Meter readings in one shape for all versions: 1.6 leaves defaults out and writes numbers as text, 2.x scales by powers of
 * ten. Values keep the unit the charger gave; energy is offered in Wh beside it.
 */
import type { OpenTransaction } from '@voltlane/charger-state';
import { reportedTime } from './timestamps.ts';

/** One measured value. */
export interface Sample {
  readonly measurand: string;
  /** A number wherever the charger sent one, else its text (signed data, garbage). */
  readonly value: number | string;
  /** As the charger wrote it; `Wh` where it left the unit of an energy out; absent for other measurands without one. */
  readonly unit?: string;
  readonly context: string;
  readonly phase?: string;
  readonly location: string;
  /** Set when the value is a signed block or carries one. */
  readonly signed?: true;
  /** Energy in Wh, for energy measurands in Wh or kWh. */
  readonly wh?: number;
}

/** Values measured at one moment. */
export interface Reading {
  /** ISO 8601 UTC; the charger's time where it can be believed. */
  readonly at: string;
  /** The charger's text where its clock cannot be believed. */
  readonly reportedAt?: string;
  readonly samples: readonly Sample[];
}

/** A sampledValue of 1.6 or 2.x, as far as a sample is made from it. */
export interface SampledValue {
  readonly value: string | number;
  readonly measurand?: string;
  readonly context?: string;
  readonly phase?: string;
  readonly location?: string;
  /** 1.6. */
  readonly unit?: string;
  /** 1.6. */
  readonly format?: string;
  /** 2.x. */
  readonly unitOfMeasure?: { readonly unit?: string; readonly multiplier?: number };
  /** 2.x. */
  readonly signedMeterValue?: unknown;
}

/** A meterValue of 1.6 or 2.x. */
export interface MeterValue {
  readonly timestamp: string;
  readonly sampledValue: readonly SampledValue[];
}

/** Readings of a message; moments without a sample are left out (chargers send empty lists). */
export function readingsOf(meterValues: readonly MeterValue[] | undefined, nowMs: number): readonly Reading[] {
  const readings: Reading[] = [];
  for (const { timestamp, sampledValue } of meterValues ?? []) {
    if (sampledValue.length === 0) continue;
    const time = reportedTime(timestamp, nowMs);
    const samples = sampledValue.map(sampleOf);
    readings.push(
      time.reportedAt === undefined
        ? { at: time.iso, samples }
        : { at: time.iso, reportedAt: time.reportedAt, samples },
    );
  }
  return readings;
}

/** Samples written into one event. A frame can hold ten times more bare ones, and they grow when defaults are filled in. */
export const EVENT_SAMPLES_MAX = 1000;

/** Readings as an event carries them: cut at the bound with a flag; the source keeps them all. */
export function recordable(readings: readonly Reading[]): { readings?: readonly Reading[]; readingsCut?: true } {
  if (readings.length === 0) return {};
  let room = EVENT_SAMPLES_MAX;
  const kept: Reading[] = [];
  for (const reading of readings) {
    if (room === 0) break;
    kept.push(reading.samples.length <= room ? reading : { ...reading, samples: reading.samples.slice(0, room) });
    room = Math.max(0, room - reading.samples.length);
  }
  const cut = readings.reduce((sum, reading) => sum + reading.samples.length, 0) > EVENT_SAMPLES_MAX;
  return cut ? { readings: kept, readingsCut: true } : { readings };
}

/** The first, or last, reading of the imported-energy register at the outlet over all phases, in Wh. */
export function energyRegisterWh(
  readings: readonly Reading[],
  which: 'first' | 'last',
  context?: string,
): number | undefined {
  let found: number | undefined;
  for (const reading of readings) {
    for (const sample of reading.samples) {
      if (!isRegister(sample) || (context !== undefined && sample.context !== context)) continue;
      if (which === 'first') return sample.wh;
      found = sample.wh;
    }
  }
  return found;
}

/**
 * The open transaction a reading without a usable transaction id belongs to: the only one on that connector. Two, or
 * connector 0, and nobody can tell.
 */
export function soleTransactionOn(open: readonly OpenTransaction[], connectorId: number): OpenTransaction | undefined {
  if (connectorId === 0) return undefined;
  const there = open.filter((transaction) => transaction.evseId === 0 && transaction.connectorId === connectorId);
  return there.length === 1 ? there[0] : undefined;
}

function sampleOf(sampled: SampledValue): Sample {
  const measurand = sampled.measurand ?? 'Energy.Active.Import.Register';
  const energy = measurand.startsWith('Energy.');
  const unit = sampled.unit ?? sampled.unitOfMeasure?.unit ?? (energy ? 'Wh' : undefined);
  const block = sampled.format === 'SignedData';
  const value = block ? String(sampled.value) : numeric(String(sampled.value), sampled.unitOfMeasure?.multiplier ?? 0);
  const sample: Writable<Sample> = {
    measurand,
    value,
    context: sampled.context ?? 'Sample.Periodic',
    location: sampled.location ?? 'Outlet',
  };
  if (unit !== undefined) sample.unit = unit;
  if (sampled.phase !== undefined) sample.phase = sampled.phase;
  if (block || sampled.signedMeterValue !== undefined) sample.signed = true;
  const wh = energy && typeof value === 'number' ? wattHours(value, unit) : undefined;
  if (wh !== undefined) sample.wh = wh;
  return sample;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function isRegister(sample: Sample): boolean {
  return (
    sample.measurand === 'Energy.Active.Import.Register' &&
    sample.phase === undefined &&
    sample.location === 'Outlet' &&
    sample.wh !== undefined
  );
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

function numeric(text: string, multiplier: number): number | string {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return text;
  const scaled = timesTenTo(trimmed, Number(multiplier));
  return Number.isFinite(scaled) ? scaled : text;
}

function wattHours(value: number, unit: string | undefined): number | undefined {
  const folded = unit?.toLowerCase();
  if (folded === 'wh') return value;
  return folded === 'kwh' ? timesTenTo(String(value), 3) : undefined;
}

/** Decimal scaling through the text: 1.1 × 10² is exactly 110 this way, and 110.00000000000001 by multiplication. */
function timesTenTo(text: string, exponent: number): number {
  if (exponent === 0) return Number(text);
  const [mantissa = '', own = '0'] = text.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(own) + exponent}`);
}
