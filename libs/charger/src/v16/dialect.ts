/** Owns the composition of OCPP 1.6: messages, settings and commands behind the `Dialect` port. */
import type { Dialect, TransactionAnswer } from '../dialect.ts';
import { field, textField } from '../json-fields.ts';
import { COMMANDS_16 } from './commands.ts';
import { CONFIGURATION, hardwareKeys } from './configuration.ts';
import {
  bootNotification,
  sampledMeterValues,
  startTransaction,
  stationStatus,
  statusNotification,
  stopTransaction,
  triggeredMeterValues,
} from './messages.ts';

/** OCPP 1.6 with the security whitepaper. */
export const DIALECT_16: Dialect = {
  version: '1.6',
  settings: CONFIGURATION,
  commands: COMMANDS_16,
  tunables: {
    heartbeatIntervalS: 'HeartbeatInterval',
    callTimeoutS: 'MessageTimeout',
    attempts: 'TransactionMessageAttempts',
    retryIntervalS: 'TransactionMessageRetryInterval',
    backOffWaitS: undefined,
    backOffRangeS: undefined,
    backOffRepeats: undefined,
    sampleIntervalS: 'MeterValueSampleInterval',
    sampledMeasurands: 'MeterValuesSampledData',
    authorizeRemote: 'AuthorizeRemoteTxRequests',
  },
  ownSettings: hardwareKeys,
  bootNotification,
  shownStatus: (connector) => connector.status,
  statusNotification,
  stationStatus,
  authorize: ({ idToken }) => ({ action: 'Authorize', payload: { idTag: idToken } }),
  authorizeStatus: (answer) => textField(field(answer, 'idTagInfo'), 'status') ?? 'Invalid',
  transactionBegan: (moment) => [startTransaction(moment)],
  chargingBegan: () => [],
  sampled: (moment) => [sampledMeterValues(moment)],
  transactionEnded: (moment, reason) => [stopTransaction(moment, reason)],
  readTransactionAnswer(action, answer): TransactionAnswer {
    const idTokenStatus = textField(field(answer, 'idTagInfo'), 'status');
    const given = action === 'StartTransaction' ? field(answer, 'transactionId') : undefined;
    const transactionId = typeof given === 'number' || typeof given === 'bigint' ? given : undefined;
    return { transactionId, idTokenStatus };
  },
  meterValues: triggeredMeterValues,
};
