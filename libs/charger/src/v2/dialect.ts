/** Owns the composition of OCPP 2.0.1 and 2.1: messages, settings and commands behind the `Dialect` port. */
import type { OcppVersion } from '@voltlane/ocpp';
import type { CommandTable } from '../command.ts';
import type { Dialect, TransactionAnswer } from '../dialect.ts';
import { field, textField } from '../json-fields.ts';
import { COMMANDS_21, COMMANDS_201 } from './commands.ts';
import { DEVICE_MODEL, hardwareVariables } from './device-model.ts';
import {
  authorize,
  bootNotification,
  chargingBegan,
  sampled,
  shownStatus,
  statusNotification,
  transactionBegan,
  transactionEnded,
  triggeredMeterValues,
} from './messages.ts';

function dialect(version: OcppVersion, commands: CommandTable): Dialect {
  return {
    version,
    settings: DEVICE_MODEL,
    commands,
    tunables: {
      heartbeatIntervalS: 'OCPPCommCtrlr.HeartbeatInterval',
      callTimeoutS: 'OCPPCommCtrlr.MessageTimeout[Default]',
      attempts: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
      retryIntervalS: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
      backOffWaitS: 'OCPPCommCtrlr.RetryBackOffWaitMinimum',
      backOffRangeS: 'OCPPCommCtrlr.RetryBackOffRandomRange',
      backOffRepeats: 'OCPPCommCtrlr.RetryBackOffRepeatTimes',
      sampleIntervalS: 'SampledDataCtrlr.TxUpdatedInterval',
      sampledMeasurands: 'SampledDataCtrlr.TxUpdatedMeasurands',
      authorizeRemote: 'AuthCtrlr.AuthorizeRemoteStart',
    },
    ownSettings: hardwareVariables,
    bootNotification,
    shownStatus,
    statusNotification,
    stationStatus: () => undefined,
    authorize,
    authorizeStatus: (answer) => textField(field(answer, 'idTokenInfo'), 'status') ?? 'Invalid',
    transactionBegan,
    chargingBegan,
    sampled,
    transactionEnded,
    readTransactionAnswer(_action, answer): TransactionAnswer {
      return { transactionId: undefined, idTokenStatus: textField(field(answer, 'idTokenInfo'), 'status') };
    },
    meterValues: triggeredMeterValues,
  };
}

/** OCPP 2.0.1. */
export const DIALECT_201: Dialect = dialect('2.0.1', COMMANDS_201);

/** OCPP 2.1. */
export const DIALECT_21: Dialect = dialect('2.1', COMMANDS_21);
