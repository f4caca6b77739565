/** Owns the answers of a 1.6 charger to local list, reservation, firmware, log and certificate commands. */
import { isoTime, parseIsoTime } from '@voltlane/time';
import { isPem } from '../certificates.ts';
import type { Deciders } from '../command.ts';
import { cancelReservation, reserve, showReservations } from '../operations.ts';
import type { OutMessage } from '../unit.ts';

/** Time between two messages of a status sequence. */
const STEP_MS = 1000;

type ServiceAction =
  | 'GetLocalListVersion'
  | 'SendLocalList'
  | 'ReserveNow'
  | 'CancelReservation'
  | 'GetDiagnostics'
  | 'UpdateFirmware'
  | 'SignedUpdateFirmware'
  | 'GetLog'
  | 'InstallCertificate'
  | 'DeleteCertificate'
  | 'GetInstalledCertificateIds'
  | 'CertificateSigned';

/** LocalAuthListManagement, Reservation, FirmwareManagement and the security whitepaper. */
export const SERVICE_COMMANDS: Pick<Deciders<'1.6'>, ServiceAction> = {
  GetLocalListVersion: (_request, unit) => [{ listVersion: unit.localList.version }],
  SendLocalList: ({ listVersion, localAuthorizationList = [], updateType }, unit) => {
    const entries = localAuthorizationList.map(({ idTag, idTagInfo }) => ({
      idToken: idTag,
      status: idTagInfo?.status,
    }));
    return [{ status: unit.localList.update(updateType, listVersion, entries) }];
  },
  ReserveNow: ({ connectorId, expiryDate, idTag, parentIdTag, reservationId }, unit) => {
    const expiresAtMs = parseIsoTime(expiryDate);
    if (expiresAtMs === undefined) return [{ status: 'Rejected' }];
    const reservation = { id: reservationId, idToken: idTag, groupIdToken: parentIdTag, expiresAtMs };
    return [
      { status: reserve(unit, connectorId, reservation) },
      () => {
        showReservations(unit);
      },
    ];
  },
  CancelReservation: ({ reservationId }, unit) => [
    { status: cancelReservation(unit, reservationId) ? 'Accepted' : 'Rejected' },
    () => {
      showReservations(unit);
    },
  ],
  GetDiagnostics: (_request, unit) => [
    { fileName: `diagnostics-${isoTime(unit.nowMs()).slice(0, 10)}.log` },
    () => {
      unit.tellInTurn(sequence('DiagnosticsStatusNotification', ['Uploading', 'Uploaded'], {}), STEP_MS);
    },
  ],
  UpdateFirmware: (_request, unit) => [
    {},
    () => {
      unit.tellInTurn(
        sequence('FirmwareStatusNotification', ['Downloading', 'Downloaded', 'Installing', 'Installed'], {}),
        STEP_MS,
      );
    },
  ],
  SignedUpdateFirmware: ({ requestId, firmware }, unit) => {
    if (!isPem(firmware.signingCertificate)) return [{ status: 'InvalidCertificate' }];
    const steps = ['Downloading', 'Downloaded', 'SignatureVerified', 'Installing', 'Installed'];
    return [
      { status: 'Accepted' },
      () => {
        unit.tellInTurn(sequence('SignedFirmwareStatusNotification', steps, { requestId }), STEP_MS);
      },
    ];
  },
  GetLog: ({ logType, requestId }, unit) => [
    { status: 'Accepted', filename: `${logType}.log` },
    () => {
      unit.tellInTurn(sequence('LogStatusNotification', ['Uploading', 'Uploaded'], { requestId }), STEP_MS);
    },
  ],
  InstallCertificate: ({ certificateType, certificate }, unit) => [
    { status: unit.certificates.install(certificateType, certificate) },
  ],
  DeleteCertificate: ({ certificateHashData }, unit) => [
    { status: unit.certificates.remove(certificateHashData.serialNumber) },
  ],
  GetInstalledCertificateIds: ({ certificateType }, unit) => {
    const certificateHashData = unit.certificates.list([certificateType]).map(({ hash }) => ({ ...hash }));
    return [certificateHashData.length === 0 ? { status: 'NotFound' } : { status: 'Accepted', certificateHashData }];
  },
  CertificateSigned: ({ certificateChain }) => [{ status: isPem(certificateChain) ? 'Accepted' : 'Rejected' }],
};

function sequence(action: string, statuses: readonly string[], more: object): readonly OutMessage[] {
  return statuses.map((status) => ({ action, payload: { status, ...more } }));
}
