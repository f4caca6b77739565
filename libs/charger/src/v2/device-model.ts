/**
 * Owns the device model of a 2.x charger (2.0.1 Part 2 appendix 3): which variables exist, their access, their factory
 * values, and how a setting's name is made of component, variable, instance and EVSE.
 */
import type { Hardware } from '../hardware.ts';
import { MEASURANDS } from '../measurands.ts';
import { type SettingSpec, type SettingTable, settingTable } from '../settings.ts';

/** Where a variable lives. */
export interface VariableAddress {
  readonly component: string;
  readonly variable: string;
  /** Instance of the variable, for instance `TransactionEvent`. */
  readonly instance?: string | undefined;
  /** EVSE of the component, ≥ 1. */
  readonly evseId?: number | undefined;
  /** Connector of the EVSE, ≥ 1. */
  readonly connectorId?: number | undefined;
}

/** A variable of the table. */
export interface VariableSpec extends SettingSpec {
  readonly address: VariableAddress;
  readonly dataType:
    | 'boolean'
    | 'integer'
    | 'string'
    | 'decimal'
    | 'dateTime'
    | 'OptionList'
    | 'MemberList'
    | 'SequenceList';
  readonly unit: string | undefined;
}

type DataType = VariableSpec['dataType'];
type Row = readonly [
  component: string,
  variable: string,
  dataType: DataType,
  access: SettingSpec['access'],
  initial: string,
  more?: Partial<SettingSpec> & { readonly unit?: string },
];

const MEASURED: Partial<SettingSpec> = { members: MEASURANDS };
const SAMPLED = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC';
const SECONDS = { unit: 's' };

/** `Variable[instance]` in the second column. */
const ROWS: readonly Row[] = [
  ['ChargingStation', 'Available', 'boolean', 'R', 'true'],
  ['ChargingStation', 'AvailabilityState', 'OptionList', 'R', 'Available'],
  ['ChargingStation', 'SupplyPhases', 'integer', 'R', '3'],
  ['ChargingStation', 'Model', 'string', 'R', 'Virtual 22'],
  ['ChargingStation', 'VendorName', 'string', 'R', 'Voltlane'],
  ['OCPPCommCtrlr', 'FileTransferProtocols', 'MemberList', 'R', 'HTTP,HTTPS,FTP'],
  ['OCPPCommCtrlr', 'MessageTimeout[Default]', 'integer', 'R', '30', SECONDS],
  ['OCPPCommCtrlr', 'MessageAttempts[TransactionEvent]', 'integer', 'RW', '3', { min: 1 }],
  ['OCPPCommCtrlr', 'MessageAttemptInterval[TransactionEvent]', 'integer', 'RW', '60', SECONDS],
  ['OCPPCommCtrlr', 'NetworkConfigurationPriority', 'SequenceList', 'RW', '1', { reboot: true }],
  ['OCPPCommCtrlr', 'NetworkProfileConnectionAttempts', 'integer', 'RW', '3'],
  ['OCPPCommCtrlr', 'OfflineThreshold', 'integer', 'RW', '600', SECONDS],
  ['OCPPCommCtrlr', 'ResetRetries', 'integer', 'RW', '2'],
  ['OCPPCommCtrlr', 'UnlockOnEVSideDisconnect', 'boolean', 'RW', 'true'],
  ['OCPPCommCtrlr', 'RetryBackOffRepeatTimes', 'integer', 'RW', '5'],
  ['OCPPCommCtrlr', 'RetryBackOffRandomRange', 'integer', 'RW', '10', SECONDS],
  ['OCPPCommCtrlr', 'RetryBackOffWaitMinimum', 'integer', 'RW', '10', SECONDS],
  ['OCPPCommCtrlr', 'WebSocketPingInterval', 'integer', 'RW', '60', { reboot: true, unit: 's' }],
  ['OCPPCommCtrlr', 'HeartbeatInterval', 'integer', 'RW', '86400', { min: 1, unit: 's' }],
  ['OCPPCommCtrlr', 'ActiveNetworkProfile', 'string', 'R', '1'],
  ['OCPPCommCtrlr', 'QueueAllMessages', 'boolean', 'RW', 'false'],
  ['SecurityCtrlr', 'OrganizationName', 'string', 'RW', 'Voltlane'],
  ['SecurityCtrlr', 'CertificateEntries', 'integer', 'R', '0'],
  ['SecurityCtrlr', 'SecurityProfile', 'integer', 'R', '0'],
  ['SecurityCtrlr', 'Identity', 'string', 'R', ''],
  ['SecurityCtrlr', 'BasicAuthPassword', 'string', 'W', ''],
  ['DeviceDataCtrlr', 'ItemsPerMessage[GetReport]', 'integer', 'R', '20'],
  ['DeviceDataCtrlr', 'ItemsPerMessage[GetVariables]', 'integer', 'R', '20'],
  ['DeviceDataCtrlr', 'ItemsPerMessage[SetVariables]', 'integer', 'R', '20'],
  ['DeviceDataCtrlr', 'BytesPerMessage[GetReport]', 'integer', 'R', '16384'],
  ['DeviceDataCtrlr', 'BytesPerMessage[GetVariables]', 'integer', 'R', '16384'],
  ['DeviceDataCtrlr', 'BytesPerMessage[SetVariables]', 'integer', 'R', '16384'],
  ['AuthCtrlr', 'Enabled', 'boolean', 'RW', 'true'],
  ['AuthCtrlr', 'AuthorizeRemoteStart', 'boolean', 'RW', 'false'],
  ['AuthCtrlr', 'LocalAuthorizeOffline', 'boolean', 'RW', 'true'],
  ['AuthCtrlr', 'LocalPreAuthorize', 'boolean', 'RW', 'false'],
  ['AuthCtrlr', 'OfflineTxForUnknownIdEnabled', 'boolean', 'RW', 'true'],
  ['AuthCacheCtrlr', 'Enabled', 'boolean', 'RW', 'false'],
  ['LocalAuthListCtrlr', 'Enabled', 'boolean', 'RW', 'true'],
  ['LocalAuthListCtrlr', 'Entries', 'integer', 'R', '0'],
  ['LocalAuthListCtrlr', 'ItemsPerMessage', 'integer', 'R', '50'],
  ['LocalAuthListCtrlr', 'BytesPerMessage', 'integer', 'R', '16384'],
  ['TxCtrlr', 'EVConnectionTimeOut', 'integer', 'RW', '30', SECONDS],
  ['TxCtrlr', 'StopTxOnEVSideDisconnect', 'boolean', 'RW', 'true'],
  ['TxCtrlr', 'StopTxOnInvalidId', 'boolean', 'RW', 'true'],
  ['TxCtrlr', 'TxStartPoint', 'MemberList', 'RW', 'Authorized'],
  ['TxCtrlr', 'TxStopPoint', 'MemberList', 'RW', 'Authorized'],
  ['SampledDataCtrlr', 'TxStartedMeasurands', 'MemberList', 'RW', 'Energy.Active.Import.Register', MEASURED],
  ['SampledDataCtrlr', 'TxUpdatedMeasurands', 'MemberList', 'RW', SAMPLED, MEASURED],
  ['SampledDataCtrlr', 'TxUpdatedInterval', 'integer', 'RW', '60', SECONDS],
  ['SampledDataCtrlr', 'TxEndedMeasurands', 'MemberList', 'RW', 'Energy.Active.Import.Register', MEASURED],
  ['SampledDataCtrlr', 'TxEndedInterval', 'integer', 'RW', '0', SECONDS],
  ['AlignedDataCtrlr', 'Measurands', 'MemberList', 'RW', 'Energy.Active.Import.Register', MEASURED],
  ['AlignedDataCtrlr', 'Interval', 'integer', 'RW', '0', SECONDS],
  ['AlignedDataCtrlr', 'TxEndedMeasurands', 'MemberList', 'RW', '', MEASURED],
  ['AlignedDataCtrlr', 'TxEndedInterval', 'integer', 'RW', '0', SECONDS],
  ['ClockCtrlr', 'TimeSource', 'SequenceList', 'RW', 'Heartbeat'],
  ['SmartChargingCtrlr', 'Entries[ChargingProfiles]', 'integer', 'R', '10'],
  ['SmartChargingCtrlr', 'LimitChangeSignificance', 'decimal', 'RW', '5'],
  ['SmartChargingCtrlr', 'PeriodsPerSchedule', 'integer', 'R', '24'],
  ['SmartChargingCtrlr', 'ProfileStackLevel', 'integer', 'R', '8'],
  ['SmartChargingCtrlr', 'RateUnit', 'MemberList', 'R', 'A,W'],
  ['TariffCostCtrlr', 'Currency', 'string', 'RW', 'EUR'],
  ['ISO15118Ctrlr', 'ContractValidationOffline', 'boolean', 'RW', 'false'],
];

/** EVSEs in the shared table; a charger reports only those it has. */
const EVSES_MAX = 16;

/** A setting's name, for instance `OCPPCommCtrlr.MessageTimeout[Default]` or `EVSE#1.Available`. */
export function variableName(address: VariableAddress): string {
  const evse = address.evseId === undefined ? '' : `#${address.evseId}`;
  const connector = address.connectorId === undefined ? '' : `/${address.connectorId}`;
  const instance = address.instance === undefined ? '' : `[${address.instance}]`;
  return `${address.component}${evse}${connector}.${address.variable}${instance}`;
}

/** Every variable in the order of a full report. */
export const VARIABLES: readonly VariableSpec[] = [...ROWS.map((row) => rowSpec(row, {})), ...evseSpecs()];

/** The variables by lower-cased name. */
export const DEVICE_MODEL: SettingTable<VariableSpec> = settingTable(VARIABLES);

/** Variables whose value follows from the hardware. */
export function hardwareVariables(hardware: Hardware, identity: string): Readonly<Record<string, string>> {
  return {
    'ChargingStation.SupplyPhases': String(hardware.phases),
    'ChargingStation.Model': hardware.model,
    'ChargingStation.VendorName': hardware.vendor,
    'SecurityCtrlr.Identity': identity,
  };
}

/** Variables that a charger with so many EVSEs has. */
export function variablesOf(hardware: Hardware): readonly VariableSpec[] {
  return VARIABLES.filter(({ address }) => address.evseId === undefined || address.evseId <= hardware.evses);
}

function evseSpecs(): readonly VariableSpec[] {
  return Array.from({ length: EVSES_MAX }, (_, index) => index + 1).flatMap((evseId) => [
    rowSpec(['EVSE', 'Available', 'boolean', 'R', 'true'], { evseId }),
    rowSpec(['EVSE', 'AvailabilityState', 'OptionList', 'R', 'Available'], { evseId }),
    rowSpec(['EVSE', 'SupplyPhases', 'integer', 'R', '3'], { evseId }),
    rowSpec(['EVSE', 'Power', 'decimal', 'R', '22080', { unit: 'W' }], { evseId }),
    rowSpec(['Connector', 'Available', 'boolean', 'R', 'true'], { evseId, connectorId: 1 }),
    rowSpec(['Connector', 'AvailabilityState', 'OptionList', 'R', 'Available'], { evseId, connectorId: 1 }),
    rowSpec(['Connector', 'ConnectorType', 'string', 'R', 'sType2'], { evseId, connectorId: 1 }),
    rowSpec(['Connector', 'SupplyPhases', 'integer', 'R', '3'], { evseId, connectorId: 1 }),
  ]);
}

function rowSpec(row: Row, place: Pick<VariableAddress, 'evseId' | 'connectorId'>): VariableSpec {
  const [component, name, dataType, access, initial, more = {}] = row;
  const [variable = name, instance] = name.split(/[[\]]/, 2);
  const address: VariableAddress = { component, variable, ...(instance === undefined ? {} : { instance }), ...place };
  const { unit, ...rules } = more;
  return { name: variableName(address), type: typeOf(dataType), access, initial, ...rules, address, dataType, unit };
}

function typeOf(dataType: DataType): SettingSpec['type'] {
  if (dataType === 'boolean') return 'bool';
  if (dataType === 'integer') return 'int';
  return dataType === 'MemberList' || dataType === 'SequenceList' ? 'list' : 'text';
}
