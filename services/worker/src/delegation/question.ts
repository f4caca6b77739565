/**
 * The question on `handle.<tenant>.<Action>` and the reply to it, both JSON: part of the public contract (docs/contract.md). The
 * charger's payload is embedded as the text it wrote, so that no digit of an int64 is lost. Pure.
 */
import type { ChargerState, ConnectorState } from '@voltlane/charger-state';
import {
  ERROR_DESCRIPTION_LENGTH_MAX,
  isJsonObject,
  JsonError,
  type JsonObject,
  neutralErrorCode,
  parseJson,
  stringifyJson,
} from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import type { UplinkCall } from '@voltlane/wire';
import type { Heard } from './heard.ts';

/** Version of the question's shape; grows only when a handler must change. */
const QUESTION_VERSION = 1;

/** Longest reply that is read, bytes: as long as the largest frame a charger may send. */
const REPLY_BYTES_MAX = 262_144;

const REPLY_FORMS = ['response', 'error', 'fallback'];
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The same however often a call is asked about, by whichever worker: a session is one socket, and counts its calls. */
export function requestIdOf(call: Pick<UplinkCall, 'sessionId' | 'seq'>): string {
  return `${call.sessionId}.${call.seq}`;
}

/** The JSON text of a question without its opening and its number of attempt, which `encodeQuestion` puts before it. */
export function questionText(call: UplinkCall, state: ChargerState, builtIn: unknown, deadlineAtMs: number): string {
  const fields = stringifyJson({
    requestId: requestIdOf(call),
    tenant: call.tenant,
    charger: call.chargerId,
    version: call.version,
    action: call.action,
    messageId: call.messageId,
    receivedAt: isoTime(call.receivedAtMs),
    deadlineAt: isoTime(deadlineAtMs),
    traceparent: call.traceparent,
    state: summary(state),
    builtIn,
  });
  return `${fields.slice(1, -1)},"payload":${call.payload}}`;
}

/** The bytes of the question as it is put for the `attempt`-th time, from 1. */
export function encodeQuestion(text: string, attempt: number): Uint8Array {
  return Buffer.from(`{"v":${QUESTION_VERSION},"attempt":${attempt},${text}`, 'utf8');
}

/** What a reply says: `{"response": {…}}`, `{"error": {"code", "description"}}` or `{"fallback": true}`. */
export function readReply(bytes: Uint8Array): Heard {
  if (bytes.length > REPLY_BYTES_MAX) return invalid(`is longer than ${REPLY_BYTES_MAX} bytes`);
  let json: unknown;
  try {
    json = parseJson(decoder.decode(bytes));
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof TypeError)) throw error;
    return invalid('is not JSON');
  }
  if (!isJsonObject(json)) return invalid('is not a JSON object');
  const { response, error, fallback } = json;
  if (REPLY_FORMS.filter((form) => form in json).length !== 1) {
    return invalid('holds not exactly one of response, error, fallback');
  }
  if (response !== undefined) {
    return isJsonObject(response) ? { kind: 'response', payload: response } : invalid('response is not an object');
  }
  if (error !== undefined) return isJsonObject(error) ? readError(error) : invalid('error is not an object');
  return fallback === true ? { kind: 'declined' } : invalid('fallback is not true');
}

/** Codes are known in the spelling of every version, and written in that of the charger. */
function readError({ code, description }: JsonObject): Heard {
  const neutral = typeof code === 'string' ? neutralErrorCode(code) : undefined;
  if (neutral === undefined) return invalid('error.code is not a code of OCPP-J');
  if (description !== undefined && typeof description !== 'string') return invalid('error.description is not text');
  return { kind: 'error', code: neutral, description: (description ?? '').slice(0, ERROR_DESCRIPTION_LENGTH_MAX) };
}

function invalid(why: string): Heard {
  return { kind: 'invalid', why: `reply ${why}` };
}

/** The part of a charger's state that decisions are made from; small, and without what only the broker understands. */
function summary(state: ChargerState): object {
  const { registration, vendor, model, firmwareVersion, session } = state;
  return {
    registration,
    vendor,
    model,
    firmwareVersion,
    connectors: Object.entries(state.connectors).map(([key, connector]) => connectorOf(key, connector)),
    openTransactions: state.open.map(({ id, key, evseId, connectorId, idToken, startedAt }) => ({
      id,
      key,
      evseId,
      connectorId,
      idToken,
      startedAt,
    })),
    session: session === undefined ? undefined : { id: session.id, openedAt: isoTime(session.openedAtMs) },
  };
}

function connectorOf(key: string, { status, errorCode, at }: ConnectorState): object {
  const [evseId, connectorId] = key.split('/').map(Number);
  return { evseId, connectorId, status, errorCode, at };
}
