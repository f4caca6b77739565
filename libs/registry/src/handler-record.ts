/**
 * Which of a tenant's actions its own service decides, and what holds when that service does not answer; and their JSON form in the
 * bucket. Owns what may be configured; asks nobody.
 *
 * Closed: an unknown action or field is refused when it is written and when it is read. A misspelt name that passed would leave the
 * decision with the built-in rule, and nobody would know.
 */
import { actionsOf, OCPP_VERSIONS } from '@voltlane/ocpp';
import { RegistryError } from './errors.ts';
import {
  checkVersion,
  fieldError,
  isJsonObject,
  type JsonObject,
  parseJsonObject,
  readOptionalChoice,
  readOptionalWhole,
  refuseUnknownFields,
} from './record-fields.ts';

/** What decides when the handler is away, late or wrong, or does not want to. */
export const HANDLER_FALLBACKS = ['builtIn', 'accept', 'reject', 'callError'] as const;

/** One of `HANDLER_FALLBACKS`. */
export type HandlerFallback = (typeof HANDLER_FALLBACKS)[number];

/** How one action is delegated. */
export interface HandlerSetting {
  /** All the handler gets, asked again or not; 100 to 20,000 ms. */
  readonly deadlineMs: number;
  /** How often a question that was delivered and not answered is put, 1 to 5, spread evenly over the deadline. */
  readonly attempts: number;
  readonly fallback: HandlerFallback;
}

/** What a tenant delegates, by action. */
export interface TenantHandlers {
  readonly actions: Readonly<Record<string, HandlerSetting>>;
}

/** Version of the stored form. */
const VERSION = 1;
const DEADLINE_MS_MIN = 100;
const DEADLINE_MS_MAX = 20_000;
const DEADLINE_MS = 3_000;
const ATTEMPTS_MAX = 5;
const ATTEMPTS = 2;
const SETTING_FIELDS = ['deadlineMs', 'attempts', 'fallback'];
const WITHOUT_VERDICT: readonly HandlerFallback[] = ['builtIn', 'callError'];

/** A SEND has no answer, so there is nothing to decide. */
const DELEGABLE: ReadonlySet<string> = new Set(
  OCPP_VERSIONS.flatMap((version) => actionsOf(version))
    .filter((info) => info.sender !== 'csms' && info.kind === 'call')
    .map((info) => info.action),
);

/** Actions with an answer that says yes or no and needs nothing else, or for which only "no" needs nothing else. */
const VERDICTS: ReadonlyMap<string, readonly HandlerFallback[]> = new Map<string, readonly HandlerFallback[]>([
  ['Authorize', HANDLER_FALLBACKS],
  ['BootNotification', HANDLER_FALLBACKS],
  ['DataTransfer', HANDLER_FALLBACKS],
  ['Get15118EVCertificate', ['builtIn', 'reject', 'callError']],
  ['GetCertificateStatus', ['builtIn', 'reject', 'callError']],
  ['NotifyEVChargingNeeds', HANDLER_FALLBACKS],
  ['OpenPeriodicEventStream', HANDLER_FALLBACKS],
  ['PullDynamicScheduleUpdate', ['builtIn', 'reject', 'callError']],
  ['SignCertificate', HANDLER_FALLBACKS],
  ['StartTransaction', HANDLER_FALLBACKS],
  ['StopTransaction', HANDLER_FALLBACKS],
  ['TransactionEvent', HANDLER_FALLBACKS],
]);

/** Actions a handler may decide, in any version, sorted. */
export function delegableActions(): readonly string[] {
  return [...DELEGABLE].sort();
}

/** Fallbacks that make sense for an action; none when it cannot be delegated. */
export function fallbacksOf(action: string): readonly HandlerFallback[] {
  return DELEGABLE.has(action) ? (VERDICTS.get(action) ?? WITHOUT_VERDICT) : [];
}

/** JSON bytes of a tenant's handlers. RegistryError `invalid-record` naming action and field. */
export function encodeTenantHandlers(handlers: TenantHandlers): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...readTenantHandlers({ actions: handlers.actions }) }), 'utf8');
}

/** The handlers of stored bytes. RegistryError `invalid-record` or `newer-version`. */
export function decodeTenantHandlers(bytes: Uint8Array): TenantHandlers {
  const json = parseJsonObject(bytes, 'handlers');
  checkVersion(json, VERSION, 'handlers');
  return readTenantHandlers(json);
}

/** The handlers in parsed JSON, `{"actions": {"<Action>": {…}}}`, what is left out filled in. RegistryError `invalid-record`. */
export function readTenantHandlers(json: JsonObject): TenantHandlers {
  refuseUnknownFields(json, ['v', 'actions']);
  if (json['v'] !== undefined) checkVersion(json, VERSION, 'handlers');
  const { actions } = json;
  if (!isJsonObject(actions)) throw fieldError('actions', actions, 'an object of settings by action');
  return { actions: readActions(actions) };
}

/** Settings by action, what is left out filled in. RegistryError `invalid-record`. */
function readActions(json: JsonObject): TenantHandlers['actions'] {
  return Object.fromEntries(Object.entries(json).map(([action, setting]) => [action, readSetting(action, setting)]));
}

function readSetting(action: string, json: unknown): HandlerSetting {
  const fallbacks = fallbacksOf(action);
  if (fallbacks.length === 0) {
    throw fieldError('action', action, 'an action that chargers send and that is answered, for instance Authorize');
  }
  if (!isJsonObject(json)) throw fieldError(action, json, 'an object, for instance {"fallback":"builtIn"}');
  try {
    refuseUnknownFields(json, SETTING_FIELDS);
    return {
      deadlineMs: readOptionalWhole(json, 'deadlineMs', DEADLINE_MS_MIN, DEADLINE_MS_MAX) ?? DEADLINE_MS,
      attempts: readOptionalWhole(json, 'attempts', 1, ATTEMPTS_MAX) ?? ATTEMPTS,
      fallback: readOptionalChoice(json, 'fallback', fallbacks) ?? 'builtIn',
    };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new RegistryError(error.code, `${action}: ${error.message}`);
  }
}
