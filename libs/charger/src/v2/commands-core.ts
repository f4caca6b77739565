/** Owns the answers of a 2.x charger to remote start and stop, reset, availability, unlocking and triggers. */
import { PLACEHOLDER_CSR } from '../certificates.ts';
import type { Deciders } from '../command.ts';
import {
  changeAvailability,
  connectorOf,
  placeForRemoteStart,
  showAvailability,
  transactionOf,
} from '../operations.ts';
import type { OutMessage, Unit } from '../unit.ts';
import { profileFrom } from './commands-smart-charging.ts';
import { triggeredEvent } from './messages.ts';

type CoreAction =
  | 'ChangeAvailability'
  | 'ClearCache'
  | 'CostUpdated'
  | 'DataTransfer'
  | 'GetTransactionStatus'
  | 'RequestStartTransaction'
  | 'RequestStopTransaction'
  | 'Reset'
  | 'TriggerMessage'
  | 'UnlockConnector';

/** Functional blocks B, C, E, F, G and P. */
export const CORE_COMMANDS: Pick<Deciders<'2.0.1'>, CoreAction> = {
  RequestStartTransaction: ({ evseId, idToken, remoteStartId, chargingProfile }, unit) => {
    const connector = placeForRemoteStart(unit, evseId, idToken);
    if (connector === undefined) return [{ status: 'Rejected' }];
    if (chargingProfile !== undefined && chargingProfile.chargingProfilePurpose !== 'TxProfile')
      return [{ status: 'Rejected' }];
    const authorize = unit.settings.flag('AuthCtrlr.AuthorizeRemoteStart');
    return [
      { status: 'Accepted' },
      () => {
        if (chargingProfile !== undefined) unit.profiles.set(profileFrom(connector.id, chargingProfile));
        unit.startRemote({ connectorId: connector.id, idToken, remoteStartId, authorize });
      },
    ];
  },
  RequestStopTransaction: ({ transactionId }, unit) => {
    const transaction = transactionOf(unit, ({ key }) => key === transactionId);
    if (transaction === undefined) return [{ status: 'Rejected' }];
    return [
      { status: 'Accepted' },
      () => {
        unit.stopTransaction(transaction, 'Remote');
      },
    ];
  },
  Reset: ({ type, evseId }, unit) => {
    // One EVSE alone cannot be reset here (AllowReset is not offered).
    if (evseId !== undefined) return [{ status: 'Rejected' }];
    const onIdle = type === 'OnIdle';
    const busy = unit.connectors.some(({ transaction }) => transaction !== undefined);
    return [
      { status: onIdle && busy ? 'Scheduled' : 'Accepted' },
      () => {
        unit.reset('SoftReset', onIdle);
      },
    ];
  },
  ChangeAvailability: ({ evse, operationalStatus }, unit) => {
    const connector = evse === undefined ? undefined : connectorOf(unit, evse.id);
    if (evse !== undefined && connector === undefined) return [{ status: 'Rejected' }];
    return [
      { status: changeAvailability(unit, connector, operationalStatus === 'Operative') },
      () => {
        showAvailability(unit);
      },
    ];
  },
  UnlockConnector: ({ evseId, connectorId }, unit) => {
    const connector = connectorOf(unit, evseId);
    if (connector === undefined || connectorId !== 1) return [{ status: 'UnknownConnector' }];
    return [{ status: connector.transaction === undefined ? 'Unlocked' : 'OngoingAuthorizedTransaction' }];
  },
  TriggerMessage: ({ requestedMessage, evse }, unit) => {
    if (evse !== undefined && connectorOf(unit, evse.id) === undefined) return [{ status: 'Rejected' }];
    // F06.FR.17: a charger that is accepted does not boot on request.
    if (requestedMessage === 'BootNotification' && unit.registration() === 'Accepted') return [{ status: 'Rejected' }];
    const afterwards = triggered(unit, requestedMessage, evse?.id);
    return afterwards === undefined ? [{ status: 'NotImplemented' }] : [{ status: 'Accepted' }, afterwards];
  },
  ClearCache: () => [{ status: 'Accepted' }],
  DataTransfer: ({ vendorId }, unit) => [
    { status: vendorId === unit.hardware.vendor ? 'Accepted' : 'UnknownVendorId' },
  ],
  GetTransactionStatus: ({ transactionId }, unit) => {
    const messagesInQueue = unit.undelivered() > 0;
    if (transactionId === undefined) return [{ messagesInQueue }];
    return [
      { messagesInQueue, ongoingIndicator: transactionOf(unit, ({ key }) => key === transactionId) !== undefined },
    ];
  },
  CostUpdated: () => [{}],
};

const MESSAGES: Readonly<Record<string, OutMessage>> = {
  FirmwareStatusNotification: { action: 'FirmwareStatusNotification', payload: { status: 'Idle' } },
  Heartbeat: { action: 'Heartbeat', payload: {} },
  LogStatusNotification: { action: 'LogStatusNotification', payload: { status: 'Idle' } },
  PublishFirmwareStatusNotification: { action: 'PublishFirmwareStatusNotification', payload: { status: 'Idle' } },
  SignChargingStationCertificate: {
    action: 'SignCertificate',
    payload: { csr: PLACEHOLDER_CSR, certificateType: 'ChargingStationCertificate' },
  },
};

/** What to do for a trigger; undefined for one that this charger does not have. */
function triggered(unit: Unit, requested: string, evseId: number | undefined): (() => void) | undefined {
  const connectors = unit.connectors.filter(({ id }) => evseId === undefined || id === evseId);
  switch (requested) {
    case 'BootNotification':
      return () => {
        unit.triggerBoot();
      };
    case 'StatusNotification':
      return () => {
        unit.reportStatus(evseId);
      };
    case 'MeterValues':
      return () => {
        for (const connector of connectors) unit.tell(unit.dialect.meterValues(unit, connector, unit.read(connector)));
      };
    case 'TransactionEvent':
      return () => {
        for (const { transaction } of connectors) transaction?.say(triggeredEvent);
      };
    default: {
      const message = MESSAGES[requested];
      if (message === undefined) return undefined;
      return () => {
        unit.tell(message);
      };
    }
  }
}
