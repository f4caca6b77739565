/** Owns the answers of a 2.x charger to local list, reservation, firmware, log and certificate commands. */
import type { ResponseOf } from '@voltlane/ocpp';
import { parseIsoTime } from '@voltlane/time';
import { isPem } from '../certificates.ts';
import type { Deciders } from '../command.ts';
import { cancelReservation, reserve, showReservations } from '../operations.ts';
import type { OutMessage } from '../unit.ts';

type ServiceAction =
  | 'CancelReservation'
  | 'CertificateSigned'
  | 'DeleteCertificate'
  | 'GetInstalledCertificateIds'
  | 'GetLocalListVersion'
  | 'GetLog'
  | 'InstallCertificate'
  | 'ReserveNow'
  | 'SendLocalList'
  | 'UpdateFirmware';
type CertificateChain = NonNullable<
  ResponseOf<'2.0.1', 'GetInstalledCertificateIds'>['certificateHashDataChain']
>[number];

/** Time between two messages of a status sequence. */
const STEP_MS = 1000;
/** Types that GetInstalledCertificateIds can name. */
const CERTIFICATE_TYPES: readonly CertificateChain['certificateType'][] = [
  'CSMSRootCertificate',
  'ManufacturerRootCertificate',
  'MORootCertificate',
  'V2GRootCertificate',
];

/** Functional blocks A, D, H, L, M and N04. */
export const SERVICE_COMMANDS: Pick<Deciders<'2.0.1'>, ServiceAction> = {
  GetLocalListVersion: (_request, unit) => [{ versionNumber: unit.localList.version }],
  SendLocalList: ({ versionNumber, localAuthorizationList = [], updateType }, unit) => {
    const entries = localAuthorizationList.map(({ idToken, idTokenInfo }) => ({
      idToken: idToken.idToken,
      status: idTokenInfo?.status,
    }));
    return [{ status: unit.localList.update(updateType, versionNumber, entries) }];
  },
  ReserveNow: ({ id, expiryDateTime, idToken, groupIdToken, evseId = 0 }, unit) => {
    const expiresAtMs = parseIsoTime(expiryDateTime);
    if (expiresAtMs === undefined) return [{ status: 'Rejected' }];
    const reservation = { id, idToken: idToken.idToken, groupIdToken: groupIdToken?.idToken, expiresAtMs };
    return [
      { status: reserve(unit, evseId, reservation) },
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
  UpdateFirmware: ({ requestId, firmware }, unit) => {
    const { signingCertificate } = firmware;
    if (signingCertificate !== undefined && !isPem(signingCertificate)) return [{ status: 'InvalidCertificate' }];
    const signed = signingCertificate === undefined ? [] : ['SignatureVerified'];
    const steps = ['Downloading', 'Downloaded', ...signed, 'Installing', 'Installed'];
    return [
      { status: 'Accepted' },
      () => {
        unit.tellInTurn(sequence('FirmwareStatusNotification', steps, requestId), STEP_MS);
      },
    ];
  },
  GetLog: ({ logType, requestId }, unit) => [
    { status: 'Accepted', filename: `${logType}.log` },
    () => {
      unit.tellInTurn(sequence('LogStatusNotification', ['Uploading', 'Uploaded'], requestId), STEP_MS);
    },
  ],
  InstallCertificate: ({ certificateType, certificate }, unit) => [
    { status: unit.certificates.install(certificateType, certificate) },
  ],
  DeleteCertificate: ({ certificateHashData }, unit) => [
    { status: unit.certificates.remove(certificateHashData.serialNumber) },
  ],
  GetInstalledCertificateIds: ({ certificateType = [] }, unit) => {
    const chain = unit.certificates.list(certificateType).flatMap(({ type, hash }): CertificateChain[] => {
      const known = CERTIFICATE_TYPES.find((one) => one === type);
      return known === undefined ? [] : [{ certificateType: known, certificateHashData: { ...hash } }];
    });
    return [chain.length === 0 ? { status: 'NotFound' } : { status: 'Accepted', certificateHashDataChain: chain }];
  },
  CertificateSigned: ({ certificateChain }) => [{ status: isPem(certificateChain) ? 'Accepted' : 'Rejected' }],
};

function sequence(action: string, statuses: readonly string[], requestId: number): readonly OutMessage[] {
  return statuses.map((status) => ({ action, payload: { status, requestId } }));
}
