/** What a backend asks of a charger, and how its JSON is read. Pure. */
import { isJsonObject, type JsonObject, stringifyJson } from '@voltlane/ocpp';
import { type CommandProblem, problem } from './command-problem.ts';

/** Everything beside charger and action that a request may say. */
export interface CommandRequest {
  /** Payload of the CALL as compact JSON text, members in the caller's order. */
  readonly payload: string;
  /** How long the charger may take to answer, ms. */
  readonly timeoutMs: number;
  /** How long the command may wait for a charger that is away, ms; 0: it ends as `offline` at once. */
  readonly ttlMs: number;
  /** 0 (last) to 9 (first). */
  readonly priority: number;
  /** A newer command with the same key replaces one that still waits. */
  readonly coalesceKey: string | undefined;
  /** The same key for the same charger never sends twice. */
  readonly idempotencyKey: string | undefined;
  /**
   * How long to wait for the outcome before the answer is `queued` or `sent`, ms; undefined: until the charger must have answered,
   * but not for a charger that is away.
   */
  readonly wait: number | undefined;
  /** Who asked, for the audit. */
  readonly requestedBy: string | undefined;
}

/** Bounds and defaults of a request. */
export const COMMAND_LIMITS: {
  readonly timeoutMs: Bounds & { readonly default: number };
  readonly ttlMs: Bounds;
  readonly priority: Bounds & { readonly default: number };
  readonly wait: Bounds;
  readonly keyCharsMax: number;
  readonly requestedByCharsMax: number;
  readonly payloadBytesMax: number;
} = {
  timeoutMs: { min: 1_000, max: 600_000, default: 30_000 },
  ttlMs: { min: 0, max: 7 * 24 * 3_600_000 },
  priority: { min: 0, max: 9, default: 5 },
  wait: { min: 0, max: 60_000 },
  keyCharsMax: 128,
  requestedByCharsMax: 128,
  payloadBytesMax: 262_144,
};

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A request that was read, or why it was not. */
export type ReadRequest =
  | { readonly kind: 'request'; readonly request: CommandRequest }
  | { readonly kind: 'problem'; readonly problem: CommandProblem };

const FIELDS: ReadonlySet<string> = new Set([
  'payload',
  'timeoutMs',
  'ttlMs',
  'priority',
  'coalesceKey',
  'idempotencyKey',
  'wait',
  'requestedBy',
]);

/** Printable text without control characters. */
const KEY = /^[^\p{Cc}]+$/u;

/** Reads parsed JSON. An unknown field is refused: a misspelt option must not be a silent default. */
export function readCommandRequest(json: unknown): ReadRequest {
  if (!isJsonObject(json)) return refused('the request is not a JSON object', '');
  const unknown = Object.keys(json).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return refused(`the request has an unknown field ${shownName(unknown)}`, `/${unknown}`);
  const payload = json['payload'] ?? {};
  if (!isJsonObject(payload)) return refused('payload is not a JSON object', '/payload');
  const text = stringifyJson(payload);
  if (Buffer.byteLength(text) > COMMAND_LIMITS.payloadBytesMax) {
    const detail = `payload has ${Buffer.byteLength(text)} bytes, at most ${COMMAND_LIMITS.payloadBytesMax} are taken`;
    return { kind: 'problem', problem: problem('too-large', detail, '/payload') };
  }
  return (
    numberProblem(json, 'timeoutMs', COMMAND_LIMITS.timeoutMs) ??
    numberProblem(json, 'ttlMs', COMMAND_LIMITS.ttlMs) ??
    numberProblem(json, 'priority', COMMAND_LIMITS.priority) ??
    numberProblem(json, 'wait', COMMAND_LIMITS.wait) ??
    textProblem(json, 'coalesceKey', COMMAND_LIMITS.keyCharsMax) ??
    textProblem(json, 'idempotencyKey', COMMAND_LIMITS.keyCharsMax) ??
    textProblem(json, 'requestedBy', COMMAND_LIMITS.requestedByCharsMax) ?? {
      kind: 'request',
      request: {
        payload: text,
        timeoutMs: numberOr(json['timeoutMs'], COMMAND_LIMITS.timeoutMs.default),
        ttlMs: numberOr(json['ttlMs'], 0),
        priority: numberOr(json['priority'], COMMAND_LIMITS.priority.default),
        coalesceKey: textOf(json['coalesceKey']),
        idempotencyKey: textOf(json['idempotencyKey']),
        wait: typeof json['wait'] === 'number' ? json['wait'] : undefined,
        requestedBy: textOf(json['requestedBy']),
      },
    }
  );
}

/** How long the asker waits for the outcome, ms: unless it says so itself, until the charger must have answered. */
export function waitOf(request: Pick<CommandRequest, 'wait' | 'timeoutMs'>): number {
  return request.wait ?? Math.min(request.timeoutMs + ANSWER_MARGIN_MS, COMMAND_LIMITS.wait.max);
}

/** The outcome of a charger that uses its time to the last millisecond still has to travel. */
const ANSWER_MARGIN_MS = 1_000;

function numberProblem(json: JsonObject, name: string, { min, max }: Bounds): ReadRequest | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return undefined;
  return refused(`${name} is not a whole number from ${min} to ${max}`, `/${name}`);
}

function textProblem(json: JsonObject, name: string, charsMax: number): ReadRequest | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  const fits = typeof value === 'string' && value.length <= charsMax && value.isWellFormed() && KEY.test(value);
  return fits ? undefined : refused(`${name} is not 1 to ${charsMax} printable characters`, `/${name}`);
}

function refused(detail: string, path: string): ReadRequest {
  return { kind: 'problem', problem: problem('invalid-request', detail, path) };
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function shownName(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}
