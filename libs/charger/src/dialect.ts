/**
 * Owns the port between the version-neutral charger and one version of OCPP: how messages look, what answers mean, which
 * settings and commands exist. A dialect builds and reads; it never sends.
 */
import type { JsonObject, OcppVersion } from '@voltlane/ocpp';
import type { CommandTable } from './command.ts';
import type { Hardware } from './hardware.ts';
import type { Reading } from './metering.ts';
import type { SettingTable } from './settings.ts';
import type { Connector, IdToken, OutMessage, StopReason, Transaction, Unit } from './unit.ts';

/** Why the charger boots. */
export type BootReason = 'PowerUp' | 'RemoteReset' | 'Triggered';

/** Names under which the core reads values that every version has somewhere; undefined where it has none. */
export interface TunableNames {
  readonly heartbeatIntervalS: string;
  readonly callTimeoutS: string;
  readonly attempts: string;
  readonly retryIntervalS: string;
  readonly backOffWaitS: string | undefined;
  readonly backOffRangeS: string | undefined;
  readonly backOffRepeats: string | undefined;
  readonly sampleIntervalS: string;
  readonly sampledMeasurands: string;
  readonly authorizeRemote: string;
}

/** One moment of a transaction, with what the meter showed. */
export interface TransactionMoment {
  readonly unit: Unit;
  readonly transaction: Transaction;
  readonly reading: Reading;
  /** No link at that moment (2.x `offline`). */
  readonly offline: boolean;
}

/** What the answer to a transaction message says. */
export interface TransactionAnswer {
  readonly transactionId: number | bigint | undefined;
  readonly idTokenStatus: string | undefined;
}

/** One version of OCPP, as the core needs it. */
export interface Dialect {
  readonly version: OcppVersion;
  readonly settings: SettingTable;
  readonly tunables: TunableNames;
  readonly commands: CommandTable;
  /** Settings that follow from the hardware. */
  ownSettings(hardware: Hardware, identity: string): Readonly<Record<string, string>>;
  bootNotification(hardware: Hardware, reason: BootReason): OutMessage;
  /** The connector's status in this version's words. */
  shownStatus(connector: Connector): string;
  statusNotification(connector: Connector, atMs: number): OutMessage;
  /** Status of the whole charger; undefined where the version has no such message. */
  stationStatus(operative: boolean, atMs: number): OutMessage | undefined;
  authorize(idToken: IdToken): OutMessage;
  authorizeStatus(answer: JsonObject): string;
  /** Cable plugged in before anybody is authorized (2.x); the transaction begins here when it says anything. */
  transactionBegan(moment: TransactionMoment, how: 'cable' | 'authorized'): readonly OutMessage[];
  chargingBegan(moment: TransactionMoment, how: 'cable' | 'authorized'): readonly OutMessage[];
  sampled(moment: TransactionMoment): readonly OutMessage[];
  transactionEnded(moment: TransactionMoment, reason: StopReason): readonly OutMessage[];
  readTransactionAnswer(action: string, answer: JsonObject): TransactionAnswer;
  /** MeterValues outside a transaction, asked for by a trigger. */
  meterValues(unit: Unit, connector: Connector, reading: Reading): OutMessage;
}
