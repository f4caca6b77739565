/** Owns what a reading can be asked for: measurand names (equal in all versions), their units and values. */
import { type Reading, round } from './metering.ts';

/** One measured value before a version gives it a shape. */
export interface Measured {
  readonly measurand: MeasurandName;
  readonly unit: 'Wh' | 'W' | 'A' | 'V' | 'Percent';
  readonly value: number;
}

/** Measurands that this charger has. */
export type MeasurandName =
  | 'Energy.Active.Import.Register'
  | 'Power.Active.Import'
  | 'Current.Import'
  | 'Voltage'
  | 'SoC';

/** In the order in which they are reported. */
export const MEASURANDS: readonly MeasurandName[] = [
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Current.Import',
  'Voltage',
  'SoC',
];

/** The wanted measurands of a reading; SoC only when the car tells it. */
export function measure(reading: Reading, wanted: readonly string[]): readonly Measured[] {
  const measured: Measured[] = [];
  for (const measurand of MEASURANDS) {
    if (!wanted.includes(measurand)) continue;
    const one = measureOne(reading, measurand);
    if (one !== undefined) measured.push(one);
  }
  return measured;
}

function measureOne(reading: Reading, measurand: MeasurandName): Measured | undefined {
  switch (measurand) {
    case 'Energy.Active.Import.Register':
      return { measurand, unit: 'Wh', value: reading.registerWh };
    case 'Power.Active.Import':
      return { measurand, unit: 'W', value: round(reading.powerW, 1) };
    case 'Current.Import':
      return { measurand, unit: 'A', value: reading.currentA };
    case 'Voltage':
      return { measurand, unit: 'V', value: reading.voltageV };
    case 'SoC':
      return reading.socPercent === undefined ? undefined : { measurand, unit: 'Percent', value: reading.socPercent };
  }
}
