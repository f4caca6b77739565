/** A sensible request for every action a charger sends; valid in strict mode, which the tests check first. */

type Samples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const AT = '2026-03-01T11:00:00Z';

export const SAMPLES_V16: Samples = {
  Authorize: { idTag: 'GOOD' },
  BootNotification: { chargePointVendor: 'Acme', chargePointModel: 'One', firmwareVersion: '1.0' },
  DataTransfer: { vendorId: 'com.example', messageId: 'hello', data: '{}' },
  DiagnosticsStatusNotification: { status: 'Uploading' },
  FirmwareStatusNotification: { status: 'Installed' },
  Heartbeat: {},
  LogStatusNotification: { status: 'Uploaded', requestId: 3 },
  MeterValues: { connectorId: 1, transactionId: 1, meterValue: [{ timestamp: AT, sampledValue: [{ value: '10' }] }] },
  SecurityEventNotification: { type: 'FirmwareUpdated', timestamp: AT, techInfo: '1.1' },
  SignCertificate: { csr: '-----BEGIN CERTIFICATE REQUEST-----' },
  SignedFirmwareStatusNotification: { status: 'SignatureVerified', requestId: 4 },
  StartTransaction: { connectorId: 1, idTag: 'GOOD', meterStart: 0, timestamp: AT },
  StatusNotification: { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: AT },
  StopTransaction: { transactionId: 1, idTag: 'GOOD', meterStop: 10, timestamp: AT },
};

const HASH = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '01' };
const OCSP = { ...HASH, responderURL: 'http://ocsp.example' };
const ID_TOKEN = { idToken: 'GOOD', type: 'ISO14443' };
const SCHEDULE = { id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 7000 }] };

export const SAMPLES_V201: Samples = {
  Authorize: { idToken: ID_TOKEN, iso15118CertificateHashData: [OCSP] },
  BootNotification: {
    reason: 'PowerUp',
    chargingStation: { vendorName: 'Acme', model: 'Two', serialNumber: 'S1', modem: { iccid: '1', imsi: '2' } },
  },
  ClearedChargingLimit: { chargingLimitSource: 'EMS', evseId: 1 },
  DataTransfer: { vendorId: 'com.example' },
  FirmwareStatusNotification: { status: 'Downloading', requestId: 1 },
  Get15118EVCertificate: {
    iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
    action: 'Install',
    exiRequest: 'AA==',
  },
  GetCertificateStatus: { ocspRequestData: OCSP },
  Heartbeat: {},
  LogStatusNotification: { status: 'Uploading', requestId: 2 },
  MeterValues: { evseId: 1, meterValue: [{ timestamp: AT, sampledValue: [{ value: 10 }] }] },
  NotifyChargingLimit: {
    evseId: 1,
    chargingLimit: { chargingLimitSource: 'SO', isGridCritical: true },
    chargingSchedule: [SCHEDULE],
  },
  NotifyCustomerInformation: { data: 'Mx. Driver', seqNo: 0, generatedAt: AT, requestId: 5 },
  NotifyDisplayMessages: {
    requestId: 6,
    messageInfo: [{ id: 1, priority: 'NormalCycle', message: { format: 'UTF8', content: 'hello' } }],
  },
  NotifyEVChargingNeeds: {
    evseId: 1,
    chargingNeeds: {
      requestedEnergyTransfer: 'AC_three_phase',
      departureTime: '2026-03-01T18:00:00Z',
      acChargingParameters: { energyAmount: 20000, evMinCurrent: 6, evMaxCurrent: 16, evMaxVoltage: 400 },
    },
  },
  NotifyEVChargingSchedule: { evseId: 1, timeBase: AT, chargingSchedule: SCHEDULE },
  NotifyEvent: {
    generatedAt: AT,
    seqNo: 0,
    eventData: [
      {
        eventId: 1,
        timestamp: AT,
        trigger: 'Alerting',
        actualValue: 'true',
        eventNotificationType: 'HardWiredNotification',
        component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
        variable: { name: 'Problem' },
        transactionId: 'tx-1',
      },
    ],
  },
  NotifyMonitoringReport: { requestId: 7, seqNo: 0, generatedAt: AT },
  NotifyReport: {
    requestId: 8,
    seqNo: 3,
    tbc: true,
    generatedAt: AT,
    reportData: [{ component: { name: 'EVSE' }, variable: { name: 'Power' }, variableAttribute: [{ value: '1' }] }],
  },
  PublishFirmwareStatusNotification: { status: 'Published', location: ['http://lc.example/fw'], requestId: 9 },
  ReportChargingProfiles: {
    requestId: 10,
    chargingLimitSource: 'CSO',
    evseId: 1,
    chargingProfile: [
      {
        id: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: [SCHEDULE],
      },
    ],
  },
  ReservationStatusUpdate: { reservationId: 11, reservationUpdateStatus: 'Expired' },
  SecurityEventNotification: { type: 'InvalidMessages', timestamp: AT },
  SignCertificate: { csr: '-----BEGIN CERTIFICATE REQUEST-----', certificateType: 'V2GCertificate' },
  StatusNotification: { evseId: 1, connectorId: 1, connectorStatus: 'Available', timestamp: AT },
  TransactionEvent: {
    eventType: 'Started',
    timestamp: AT,
    triggerReason: 'Authorized',
    seqNo: 0,
    transactionInfo: { transactionId: 'tx-1', chargingState: 'Charging', remoteStartId: 12 },
    evse: { id: 1, connectorId: 1 },
    idToken: ID_TOKEN,
    meterValue: [{ timestamp: AT, sampledValue: [{ value: 100, context: 'Transaction.Begin' }] }],
  },
};

export const SAMPLES_V21: Samples = {
  ...SAMPLES_V201,
  BatterySwap: {
    eventType: 'BatteryIn',
    requestId: 13,
    idToken: ID_TOKEN,
    batteryData: [{ evseId: 1, serialNumber: 'B1', soC: 20, soH: 95 }],
  },
  ClosePeriodicEventStream: { id: 1 },
  GetCertificateChainStatus: {
    certificateStatusRequests: [{ certificateHashData: HASH, source: 'OCSP', urls: ['http://ocsp.example'] }],
  },
  NotifyDERAlarm: { controlType: 'LVMustTrip', gridEventFault: 'UnderVoltage', timestamp: AT },
  NotifyDERStartStop: { controlId: 'c1', started: true, timestamp: AT, supersededIds: ['c0'] },
  NotifyEVChargingNeeds: {
    evseId: 1,
    timestamp: AT,
    chargingNeeds: {
      requestedEnergyTransfer: 'DC_BPT',
      controlMode: 'DynamicControl',
      dcChargingParameters: { evMaxCurrent: 200, evMaxVoltage: 400, energyAmount: 30000, stateOfCharge: 20 },
    },
  },
  NotifyPeriodicEventStream: { id: 1, pending: 0, basetime: AT, data: [{ t: 0.5, v: '230.1' }] },
  NotifyPriorityCharging: { transactionId: 'tx-1', activated: true },
  NotifySettlement: {
    pspRef: 'psp-1',
    status: 'Settled',
    settlementAmount: 12.5,
    settlementTime: AT,
    transactionId: 'tx-1',
  },
  OpenPeriodicEventStream: {
    constantStreamData: { id: 1, variableMonitoringId: 2, params: { interval: 10, values: 5 } },
  },
  PullDynamicScheduleUpdate: { chargingProfileId: 1 },
  ReportDERControl: {
    requestId: 14,
    gradient: [{ id: 'g', gradient: { priority: 1, gradient: 1, softGradient: 1 } }],
  },
  VatNumberValidation: { vatNumber: 'NL1', evseId: 1 },
};
