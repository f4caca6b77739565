/** Owns the answers of a 1.6 charger to the Core and RemoteTrigger commands (OCPP 1.6 §5). */

import { PLACEHOLDER_CSR } from '../certificates.ts';
import type { Deciders } from '../command.ts';
import {
  changeAvailability,
  connectorOf,
  placeForRemoteStart,
  showAvailability,
  transactionOf,
} from '../operations.ts';
import type { SettingSpec } from '../settings.ts';
import type { OutMessage, Unit } from '../unit.ts';
import { profileFrom } from './commands-smart-charging.ts';
import { CONFIGURATION, CONFIGURATION_KEYS } from './configuration.ts';

/** Most keys in one GetConfiguration answer. */
const KEYS_MAX = 100;

type CoreAction =
  | 'RemoteStartTransaction'
  | 'RemoteStopTransaction'
  | 'Reset'
  | 'ChangeAvailability'
  | 'ChangeConfiguration'
  | 'GetConfiguration'
  | 'ClearCache'
  | 'DataTransfer'
  | 'UnlockConnector'
  | 'TriggerMessage'
  | 'ExtendedTriggerMessage';

/** Core profile and triggers. */
export const CORE_COMMANDS: Pick<Deciders<'1.6'>, CoreAction> = {
  RemoteStartTransaction: ({ connectorId, idTag, chargingProfile }, unit) => {
    const idToken = { idToken: idTag, type: 'Central' };
    const connector = placeForRemoteStart(unit, connectorId, idToken);
    if (connector === undefined) return [{ status: 'Rejected' }];
    const authorize = unit.settings.flag('AuthorizeRemoteTxRequests');
    return [
      { status: 'Accepted' },
      () => {
        if (chargingProfile !== undefined) unit.profiles.set(profileFrom(connector.id, chargingProfile));
        unit.startRemote({ connectorId: connector.id, idToken, remoteStartId: undefined, authorize });
      },
    ];
  },
  RemoteStopTransaction: ({ transactionId }, unit) => {
    // Compared as text: an id beyond 2^53 is a bigint at run time.
    const transaction = transactionOf(unit, ({ csmsId }) => String(csmsId) === String(transactionId));
    if (transaction === undefined) return [{ status: 'Rejected' }];
    return [
      { status: 'Accepted' },
      () => {
        unit.stopTransaction(transaction, 'Remote');
      },
    ];
  },
  Reset: ({ type }, unit) => [
    { status: 'Accepted' },
    () => {
      unit.reset(type === 'Hard' ? 'HardReset' : 'SoftReset', false);
    },
  ],
  ChangeAvailability: ({ connectorId, type }, unit) => {
    const connector = connectorOf(unit, connectorId);
    if (connector === undefined && connectorId !== 0) return [{ status: 'Rejected' }];
    const status = changeAvailability(unit, connector, type === 'Operative');
    return [
      { status },
      () => {
        showAvailability(unit);
      },
    ];
  },
  ChangeConfiguration: ({ key, value }, unit) => {
    const status = unit.changeSetting(key, value);
    if (key.toLowerCase() !== 'authorizationkey' || status !== 'Accepted') return [{ status }];
    // The new key counts from the next connection on (whitepaper A01).
    return [
      { status },
      () => {
        unit.reconnect(keyBytes(value));
      },
    ];
  },
  GetConfiguration: ({ key = [] }, unit) => {
    const wanted =
      key.length === 0 ? CONFIGURATION_KEYS : key.flatMap((name) => CONFIGURATION.get(name.toLowerCase()) ?? []);
    const unknownKey = key.filter((name) => !CONFIGURATION.has(name.toLowerCase()));
    const configurationKey = wanted.slice(0, KEYS_MAX).map((spec) => shownKey(spec, unit));
    return [{ configurationKey, ...(unknownKey.length === 0 ? {} : { unknownKey }) }];
  },
  ClearCache: () => [{ status: 'Accepted' }],
  DataTransfer: ({ vendorId, data }, unit) => {
    if (vendorId !== unit.hardware.vendor) return [{ status: 'UnknownVendorId' }];
    return [{ status: 'Accepted', ...(data === undefined ? {} : { data }) }];
  },
  UnlockConnector: ({ connectorId }, unit) => {
    const connector = connectorOf(unit, connectorId);
    if (connector === undefined) return [{ status: 'NotSupported' }];
    const { transaction } = connector;
    if (transaction === undefined) return [{ status: 'Unlocked' }];
    return [
      { status: 'Unlocked' },
      () => {
        unit.stopTransaction(transaction, 'UnlockCommand');
      },
    ];
  },
  TriggerMessage: ({ requestedMessage, connectorId }, unit) => {
    if (connectorId !== undefined && connectorId !== 0 && connectorOf(unit, connectorId) === undefined)
      return [{ status: 'Rejected' }];
    return [
      { status: 'Accepted' },
      () => {
        trigger(unit, requestedMessage, connectorId);
      },
    ];
  },
  ExtendedTriggerMessage: ({ requestedMessage, connectorId }, unit) => {
    if (connectorId !== undefined && connectorId !== 0 && connectorOf(unit, connectorId) === undefined)
      return [{ status: 'Rejected' }];
    return [
      { status: 'Accepted' },
      () => {
        trigger(unit, requestedMessage, connectorId);
      },
    ];
  },
};

type Triggered =
  | 'BootNotification'
  | 'DiagnosticsStatusNotification'
  | 'FirmwareStatusNotification'
  | 'Heartbeat'
  | 'LogStatusNotification'
  | 'MeterValues'
  | 'SignChargePointCertificate'
  | 'StatusNotification';

const IDLE: Readonly<Partial<Record<Triggered, OutMessage>>> = {
  DiagnosticsStatusNotification: { action: 'DiagnosticsStatusNotification', payload: { status: 'Idle' } },
  FirmwareStatusNotification: { action: 'FirmwareStatusNotification', payload: { status: 'Idle' } },
  Heartbeat: { action: 'Heartbeat', payload: {} },
  LogStatusNotification: { action: 'LogStatusNotification', payload: { status: 'Idle' } },
  SignChargePointCertificate: { action: 'SignCertificate', payload: { csr: PLACEHOLDER_CSR } },
};

function trigger(unit: Unit, requested: Triggered, connectorId: number | undefined): void {
  const message = IDLE[requested];
  if (message !== undefined) unit.tell(message);
  else if (requested === 'BootNotification') unit.triggerBoot();
  else if (requested === 'StatusNotification') unit.reportStatus(connectorId);
  else {
    for (const connector of unit.connectors) {
      if (connectorId !== undefined && connectorId !== 0 && connector.id !== connectorId) continue;
      unit.tell(unit.dialect.meterValues(unit, connector, unit.read(connector)));
    }
  }
}

function shownKey({ name, access }: SettingSpec, unit: Unit): { key: string; readonly: boolean; value?: string } {
  const value = unit.settings.read(name);
  return { key: name, readonly: access === 'R', ...(value === undefined || access === 'W' ? {} : { value }) };
}

/** The whitepaper wants the bytes behind the hex digits; anything else is taken as text. */
function keyBytes(value: string): string | Uint8Array {
  return /^([0-9a-f]{2}){16,20}$/i.test(value) ? Buffer.from(value, 'hex') : value;
}
