/**
 * What is answered in a handler's place by the fallbacks `accept` and `reject`. Which actions have them is decided where settings
 * are checked (`fallbacksOf` of the registry); a test holds both lists and all schemas together.
 */
import type { HandlerFallback } from '@voltlane/registry';
import type { WireOcppVersion } from '@voltlane/wire';

type Payload = Readonly<Record<string, unknown>>;

/** An answer per family of versions; undefined where no charger of that family sends the action. */
interface Answers {
  readonly accept?: Payload;
  readonly reject?: Payload;
}

const STATUS: Answers = { accept: { status: 'Accepted' }, reject: { status: 'Rejected' } };
const ID_TAG: Answers = {
  accept: { idTagInfo: { status: 'Accepted' } },
  reject: { idTagInfo: { status: 'Invalid' } },
};
const ID_TOKEN: Answers = {
  accept: { idTokenInfo: { status: 'Accepted' } },
  reject: { idTokenInfo: { status: 'Invalid' } },
};

const SHARED: ReadonlyMap<string, Answers> = new Map<string, Answers>([
  ['BootNotification', STATUS],
  ['DataTransfer', STATUS],
  ['SignCertificate', STATUS],
]);

const V16: ReadonlyMap<string, Answers> = new Map([
  ...SHARED,
  ['Authorize', ID_TAG],
  ['StartTransaction', ID_TAG],
  ['StopTransaction', ID_TAG],
]);

const V2: ReadonlyMap<string, Answers> = new Map([
  ...SHARED,
  ['Authorize', ID_TOKEN],
  ['TransactionEvent', ID_TOKEN],
  // To accept would need a certificate, an OCSP answer or a schedule.
  ['Get15118EVCertificate', { reject: { status: 'Failed', exiResponse: '' } }],
  ['GetCertificateStatus', { reject: { status: 'Failed' } }],
  ['PullDynamicScheduleUpdate', { reject: { status: 'Rejected' } }],
  ['NotifyEVChargingNeeds', STATUS],
  ['OpenPeriodicEventStream', STATUS],
]);

/** The answer a fallback gives by itself; undefined for `builtIn` and `callError`, and where there is none. */
export function fallbackAnswer(
  version: WireOcppVersion,
  action: string,
  fallback: HandlerFallback,
): Payload | undefined {
  if (fallback !== 'accept' && fallback !== 'reject') return undefined;
  return (version === '1.6' ? V16 : V2).get(action)?.[fallback];
}
