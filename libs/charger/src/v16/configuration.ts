/** Owns the table of 1.6 configuration keys (OCPP 1.6 §9, security whitepaper §6): types, access, factory values. */

import type { Hardware } from '../hardware.ts';
import { MEASURANDS } from '../measurands.ts';
import { type SettingSpec, type SettingTable, settingTable } from '../settings.ts';

type Row = readonly [
  name: string,
  type: SettingSpec['type'],
  access: SettingSpec['access'],
  initial: string,
  more?: Partial<SettingSpec>,
];

const SAMPLED = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC';
const MEASURED: Partial<SettingSpec> = { members: MEASURANDS };

const ROWS: readonly Row[] = [
  ['AllowOfflineTxForUnknownId', 'bool', 'RW', 'true'],
  ['AuthorizationCacheEnabled', 'bool', 'RW', 'false'],
  ['AuthorizeRemoteTxRequests', 'bool', 'RW', 'false'],
  ['BlinkRepeat', 'int', 'RW', '3'],
  ['ClockAlignedDataInterval', 'int', 'RW', '0'],
  ['ConnectionTimeOut', 'int', 'RW', '30'],
  ['ConnectorPhaseRotation', 'text', 'RW', '0.RST,1.RST'],
  ['ConnectorPhaseRotationMaxLength', 'int', 'R', '3'],
  ['GetConfigurationMaxKeys', 'int', 'R', '30'],
  ['HeartbeatInterval', 'int', 'RW', '86400'],
  ['LightIntensity', 'int', 'RW', '100', { max: 100 }],
  ['LocalAuthorizeOffline', 'bool', 'RW', 'true'],
  ['LocalPreAuthorize', 'bool', 'RW', 'false'],
  ['MaxEnergyOnInvalidId', 'int', 'RW', '0'],
  ['MessageTimeout', 'int', 'RW', '30', { min: 1 }],
  ['MeterValuesAlignedData', 'list', 'RW', 'Energy.Active.Import.Register,Power.Active.Import', MEASURED],
  ['MeterValuesAlignedDataMaxLength', 'int', 'R', '8'],
  ['MeterValuesSampledData', 'list', 'RW', SAMPLED, MEASURED],
  ['MeterValuesSampledDataMaxLength', 'int', 'R', '8'],
  ['MeterValueSampleInterval', 'int', 'RW', '60'],
  ['MinimumStatusDuration', 'int', 'RW', '0'],
  ['NumberOfConnectors', 'int', 'R', '1'],
  ['ResetRetries', 'int', 'RW', '2'],
  ['StopTransactionOnEVSideDisconnect', 'bool', 'RW', 'true'],
  ['StopTransactionOnInvalidId', 'bool', 'RW', 'true'],
  ['StopTransactionMaxMeterValues', 'int', 'R', '4'],
  ['StopTxnAlignedData', 'list', 'RW', '', MEASURED],
  ['StopTxnSampledData', 'list', 'RW', '', MEASURED],
  ['StopTxnAlignedDataMaxLength', 'int', 'R', '8'],
  ['StopTxnSampledDataMaxLength', 'int', 'R', '8'],
  [
    'SupportedFeatureProfiles',
    'list',
    'R',
    'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
  ],
  ['TransactionMessageAttempts', 'int', 'RW', '3'],
  ['TransactionMessageRetryInterval', 'int', 'RW', '60'],
  ['UnlockConnectorOnEVSideDisconnect', 'bool', 'RW', 'true'],
  ['WebSocketPingInterval', 'int', 'RW', '60', { reboot: true }],
  ['LocalAuthListEnabled', 'bool', 'RW', 'true'],
  ['LocalAuthListMaxLength', 'int', 'R', '48'],
  ['SendLocalListMaxLength', 'int', 'R', '8'],
  ['ReserveConnectorZeroSupported', 'bool', 'R', 'true'],
  ['ChargeProfileMaxStackLevel', 'int', 'R', '8'],
  ['ChargingScheduleAllowedChargingRateUnit', 'list', 'R', 'Current,Power'],
  ['ChargingScheduleMaxPeriods', 'int', 'R', '24'],
  ['ConnectorSwitch3to1PhaseSupported', 'bool', 'R', 'false'],
  ['MaxChargingProfilesInstalled', 'int', 'R', '10'],
  ['SupportedFileTransferProtocols', 'list', 'R', 'FTP,FTPS,HTTP,HTTPS'],
  ['AuthorizationKey', 'text', 'W', ''],
  ['SecurityProfile', 'int', 'RW', '0', { max: 3 }],
  ['CpoName', 'text', 'RW', 'Voltlane'],
  ['CertificateStoreMaxLength', 'int', 'R', '10'],
  ['CertificateSignedMaxChainSize', 'int', 'R', '10000'],
  ['AdditionalRootCertificateCheck', 'bool', 'R', 'false'],
];

/** Every key in the order of the table, for GetConfiguration without keys. */
export const CONFIGURATION_KEYS: readonly SettingSpec[] = ROWS.map(([name, type, access, initial, more]) => ({
  name,
  type,
  access,
  initial,
  ...more,
}));

/** The keys by lower-cased name. */
export const CONFIGURATION: SettingTable = settingTable(CONFIGURATION_KEYS);

/** Keys whose value follows from the hardware. */
export function hardwareKeys(hardware: Hardware): Readonly<Record<string, string>> {
  const rotation = Array.from({ length: hardware.evses + 1 }, (_, connector) => `${connector}.RST`);
  return { NumberOfConnectors: String(hardware.evses), ConnectorPhaseRotation: rotation.join(',') };
}
