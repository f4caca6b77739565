/** Owns the description of the device that a virtual charger pretends to be. Data only. */

/** What stands at the kerb. Each EVSE has one connector: 1.6 connectorId n is 2.x EVSE n, connector 1. */
export interface Hardware {
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  /** Number of EVSEs, ≥ 1. */
  readonly evses: number;
  /** Phases of the supply, 1 or 3. */
  readonly phases: 1 | 3;
  /** Largest current per phase, amperes. */
  readonly maxCurrentA: number;
  /** Nominal voltage between phase and neutral, volts. */
  readonly voltageV: number;
}

/** A 22 kW wall box with one connector. */
export const DEFAULT_HARDWARE: Hardware = {
  vendor: 'Voltlane',
  model: 'Virtual 22',
  serialNumber: 'VL-0001',
  firmwareVersion: '1.0.0',
  evses: 1,
  phases: 3,
  maxCurrentA: 32,
  voltageV: 230,
};
