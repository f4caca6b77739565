/**
 * The 39 actions of OCPP 1.6 (28 of edition 2, 11 of the security whitepaper), by sender, with the feature profile each
 * belongs to. DataTransfer stands in both tables.
 */

/** Sent by the charge point. */
export const CHARGER_ACTIONS_V16 = {
  Authorize: 'Core',
  BootNotification: 'Core',
  DataTransfer: 'Core',
  DiagnosticsStatusNotification: 'FirmwareManagement',
  FirmwareStatusNotification: 'FirmwareManagement',
  Heartbeat: 'Core',
  LogStatusNotification: 'Security',
  MeterValues: 'Core',
  SecurityEventNotification: 'Security',
  SignCertificate: 'Security',
  SignedFirmwareStatusNotification: 'Security',
  StartTransaction: 'Core',
  StatusNotification: 'Core',
  StopTransaction: 'Core',
} as const;

/** Sent by the central system. */
export const CSMS_ACTIONS_V16 = {
  CancelReservation: 'Reservation',
  CertificateSigned: 'Security',
  ChangeAvailability: 'Core',
  ChangeConfiguration: 'Core',
  ClearCache: 'Core',
  ClearChargingProfile: 'SmartCharging',
  DataTransfer: 'Core',
  DeleteCertificate: 'Security',
  ExtendedTriggerMessage: 'Security',
  GetCompositeSchedule: 'SmartCharging',
  GetConfiguration: 'Core',
  GetDiagnostics: 'FirmwareManagement',
  GetInstalledCertificateIds: 'Security',
  GetLocalListVersion: 'LocalAuthListManagement',
  GetLog: 'Security',
  InstallCertificate: 'Security',
  RemoteStartTransaction: 'Core',
  RemoteStopTransaction: 'Core',
  ReserveNow: 'Reservation',
  Reset: 'Core',
  SendLocalList: 'LocalAuthListManagement',
  SetChargingProfile: 'SmartCharging',
  SignedUpdateFirmware: 'Security',
  TriggerMessage: 'RemoteTrigger',
  UnlockConnector: 'Core',
  UpdateFirmware: 'FirmwareManagement',
} as const;

/** Transaction-related (OCPP-J 1.6 §3.7.1): queued offline, retried, to be answered always. */
export const TRANSACTIONAL_V16: ReadonlySet<string> = new Set(['MeterValues', 'StartTransaction', 'StopTransaction']);
