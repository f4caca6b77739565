/** Handlers that serve 2.0.1 and 2.1 alike: all of 2.0.1 but those whose answer 2.1 changed. */
import type { ChargerActionOf } from '@voltlane/ocpp';
import type { Handler } from '../handler.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { clearedChargingLimit } from './cleared-charging-limit.ts';
import { dataTransfer } from './data-transfer.ts';
import { firmwareStatusNotification } from './firmware-status-notification.ts';
import { get15118EVCertificate } from './get-15118-ev-certificate.ts';
import { getCertificateStatus } from './get-certificate-status.ts';
import { heartbeat } from './heartbeat.ts';
import { logStatusNotification } from './log-status-notification.ts';
import { meterValues } from './meter-values.ts';
import { notifyChargingLimit } from './notify-charging-limit.ts';
import { notifyCustomerInformation } from './notify-customer-information.ts';
import { notifyDisplayMessages } from './notify-display-messages.ts';
import { notifyEVChargingSchedule } from './notify-ev-charging-schedule.ts';
import { notifyEvent } from './notify-event.ts';
import { notifyMonitoringReport } from './notify-monitoring-report.ts';
import { notifyReport } from './notify-report.ts';
import type { Request2x, Response2x } from './payloads.ts';
import { publishFirmwareStatusNotification } from './publish-firmware-status-notification.ts';
import { reportChargingProfiles } from './report-charging-profiles.ts';
import { reservationStatusUpdate } from './reservation-status-update.ts';
import { securityEventNotification } from './security-event-notification.ts';
import { signCertificate } from './sign-certificate.ts';
import { statusNotification } from './status-notification.ts';
import { transactionEvent } from './transaction-event.ts';

/** Actions 2.0.1 and 2.1 answer alike. */
export type SharedAction = Exclude<ChargerActionOf<'2.0.1'>, 'NotifyEVChargingNeeds'>;

/** Their handlers. */
export const HANDLERS_2X: { readonly [A in SharedAction]: Handler<Request2x<A>, Response2x<A>> } = {
  Authorize: authorize,
  BootNotification: bootNotification,
  ClearedChargingLimit: clearedChargingLimit,
  DataTransfer: dataTransfer,
  FirmwareStatusNotification: firmwareStatusNotification,
  Get15118EVCertificate: get15118EVCertificate,
  GetCertificateStatus: getCertificateStatus,
  Heartbeat: heartbeat,
  LogStatusNotification: logStatusNotification,
  MeterValues: meterValues,
  NotifyChargingLimit: notifyChargingLimit,
  NotifyCustomerInformation: notifyCustomerInformation,
  NotifyDisplayMessages: notifyDisplayMessages,
  NotifyEVChargingSchedule: notifyEVChargingSchedule,
  NotifyEvent: notifyEvent,
  NotifyMonitoringReport: notifyMonitoringReport,
  NotifyReport: notifyReport,
  PublishFirmwareStatusNotification: publishFirmwareStatusNotification,
  ReportChargingProfiles: reportChargingProfiles,
  ReservationStatusUpdate: reservationStatusUpdate,
  SecurityEventNotification: securityEventNotification,
  SignCertificate: signCertificate,
  StatusNotification: statusNotification,
  TransactionEvent: transactionEvent,
};
