/**
 * The 64 actions of OCPP 2.0.1 and the 27 that 2.1 adds (91), by sender, with the functional block of part 2 each belongs to.
 * DataTransfer stands in both tables.
 */

/** Sent by the charging station, 2.0.1 and 2.1. */
export const CHARGER_ACTIONS_V201 = {
  Authorize: 'Authorization',
  BootNotification: 'Provisioning',
  ClearedChargingLimit: 'SmartCharging',
  DataTransfer: 'DataTransfer',
  FirmwareStatusNotification: 'FirmwareManagement',
  Get15118EVCertificate: 'ISO15118CertificateManagement',
  GetCertificateStatus: 'ISO15118CertificateManagement',
  Heartbeat: 'Availability',
  LogStatusNotification: 'Diagnostics',
  MeterValues: 'MeterValues',
  NotifyChargingLimit: 'SmartCharging',
  NotifyCustomerInformation: 'Diagnostics',
  NotifyDisplayMessages: 'DisplayMessage',
  NotifyEVChargingNeeds: 'SmartCharging',
  NotifyEVChargingSchedule: 'SmartCharging',
  NotifyEvent: 'Diagnostics',
  NotifyMonitoringReport: 'Diagnostics',
  NotifyReport: 'Provisioning',
  PublishFirmwareStatusNotification: 'FirmwareManagement',
  ReportChargingProfiles: 'SmartCharging',
  ReservationStatusUpdate: 'Reservation',
  SecurityEventNotification: 'Security',
  SignCertificate: 'Security',
  StatusNotification: 'Availability',
  TransactionEvent: 'Transactions',
} as const;

/** Sent by the CSMS, 2.0.1 and 2.1. */
export const CSMS_ACTIONS_V201 = {
  CancelReservation: 'Reservation',
  CertificateSigned: 'Security',
  ChangeAvailability: 'Availability',
  ClearCache: 'Authorization',
  ClearChargingProfile: 'SmartCharging',
  ClearDisplayMessage: 'DisplayMessage',
  ClearVariableMonitoring: 'Diagnostics',
  CostUpdated: 'TariffAndCost',
  CustomerInformation: 'Diagnostics',
  DataTransfer: 'DataTransfer',
  DeleteCertificate: 'ISO15118CertificateManagement',
  GetBaseReport: 'Provisioning',
  GetChargingProfiles: 'SmartCharging',
  GetCompositeSchedule: 'SmartCharging',
  GetDisplayMessages: 'DisplayMessage',
  GetInstalledCertificateIds: 'ISO15118CertificateManagement',
  GetLocalListVersion: 'LocalAuthorizationListManagement',
  GetLog: 'Diagnostics',
  GetMonitoringReport: 'Diagnostics',
  GetReport: 'Provisioning',
  GetTransactionStatus: 'Transactions',
  GetVariables: 'Provisioning',
  InstallCertificate: 'ISO15118CertificateManagement',
  PublishFirmware: 'FirmwareManagement',
  RequestStartTransaction: 'RemoteControl',
  RequestStopTransaction: 'RemoteControl',
  ReserveNow: 'Reservation',
  Reset: 'Provisioning',
  SendLocalList: 'LocalAuthorizationListManagement',
  SetChargingProfile: 'SmartCharging',
  SetDisplayMessage: 'DisplayMessage',
  SetMonitoringBase: 'Diagnostics',
  SetMonitoringLevel: 'Diagnostics',
  SetNetworkProfile: 'Provisioning',
  SetVariableMonitoring: 'Diagnostics',
  SetVariables: 'Provisioning',
  TriggerMessage: 'RemoteControl',
  UnlockConnector: 'RemoteControl',
  UnpublishFirmware: 'FirmwareManagement',
  UpdateFirmware: 'FirmwareManagement',
} as const;

/** Sent by the charging station, new in 2.1. NotifyPeriodicEventStream is the one SEND. */
export const CHARGER_ACTIONS_NEW_IN_V21 = {
  BatterySwap: 'BatterySwapping',
  ClosePeriodicEventStream: 'Diagnostics',
  GetCertificateChainStatus: 'ISO15118CertificateManagement',
  NotifyDERAlarm: 'DERControl',
  NotifyDERStartStop: 'DERControl',
  NotifyPeriodicEventStream: 'Diagnostics',
  NotifyPriorityCharging: 'SmartCharging',
  NotifySettlement: 'Authorization',
  OpenPeriodicEventStream: 'Diagnostics',
  PullDynamicScheduleUpdate: 'SmartCharging',
  ReportDERControl: 'DERControl',
  VatNumberValidation: 'Authorization',
} as const;

/** Sent by the CSMS, new in 2.1. */
export const CSMS_ACTIONS_NEW_IN_V21 = {
  AFRRSignal: 'BidirectionalPowerTransfer',
  AdjustPeriodicEventStream: 'Diagnostics',
  ChangeTransactionTariff: 'TariffAndCost',
  ClearDERControl: 'DERControl',
  ClearTariffs: 'TariffAndCost',
  GetDERControl: 'DERControl',
  GetPeriodicEventStream: 'Diagnostics',
  GetTariffs: 'TariffAndCost',
  NotifyAllowedEnergyTransfer: 'BidirectionalPowerTransfer',
  NotifyWebPaymentStarted: 'Authorization',
  RequestBatterySwap: 'BatterySwapping',
  SetDERControl: 'DERControl',
  SetDefaultTariff: 'TariffAndCost',
  UpdateDynamicSchedule: 'SmartCharging',
  UsePriorityCharging: 'SmartCharging',
} as const;

/** Transaction-related (part 2 E): queued offline, retried, to be answered always. */
export const TRANSACTIONAL_V2: ReadonlySet<string> = new Set(['TransactionEvent']);

/** Actions of message type SEND: never answered. */
export const SENDS_V21: ReadonlySet<string> = new Set(['NotifyPeriodicEventStream']);
