/**
 * What is told of a command: the public JSON that answers a request over NATS or HTTP, and that is kept when the command has ended.
 * The charger's answer is embedded as the text it wrote.
 */
import { isJsonObject, parseJson } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import { type CommandProblem, isCommandProblemCode, problem } from './command-problem.ts';

/** How a command ends. */
export const COMMAND_OUTCOMES = [
  /** The charger's answer says yes (`Accepted`, `Scheduled`, `RebootRequired`, `Unlocked` …) or has no status. */
  'accepted',
  /** The charger's answer says no. */
  'rejected',
  /** The charger answered with CALLERROR, or its answer broke the schema. */
  'callError',
  /** The charger did not answer in time. */
  'timeout',
  /** It waited for its time to live and was not sent. */
  'expired',
  /** A newer command with the same coalesceKey took its place before it was sent. */
  'superseded',
  /** It was taken back before it was sent. */
  'cancelled',
  /** The charger was not connected, or the connection was lost before the answer (`sent` tells which). */
  'offline',
] as const;

/** One of `COMMAND_OUTCOMES`. */
export type CommandOutcome = (typeof COMMAND_OUTCOMES)[number];

/** What went wrong with the CALL. */
export interface CommandError {
  /** OCPP error code, as the charger's version spells it. */
  readonly code: string;
  readonly description: string;
  /** JSON text of the error details, `{}` when there were none. */
  readonly details: string;
}

/** How a command ended. */
export interface CommandEnding {
  readonly outcome: CommandOutcome;
  /** Whether its CALL has left for the charger. */
  readonly sent: boolean;
  /** Payload of the CALLRESULT as JSON text. */
  readonly response?: string;
  readonly error?: CommandError;
}

/** A command as far as it has come. */
export interface CommandStatus {
  readonly commandId: string;
  readonly tenant: string;
  readonly charger: string;
  readonly action: string;
  readonly requestedAtMs: number;
  readonly sentAtMs?: number | undefined;
  readonly finishedAtMs?: number | undefined;
  readonly ending?: CommandEnding | undefined;
}

/** Version of the shape. */
const VERSION = 1;

/** The public JSON of a command. */
export function statusJson(status: CommandStatus): string {
  const { ending, sentAtMs, finishedAtMs } = status;
  const head = JSON.stringify({
    v: VERSION,
    commandId: status.commandId,
    tenant: status.tenant,
    charger: status.charger,
    action: status.action,
    status: ending !== undefined ? 'finished' : sentAtMs !== undefined ? 'sent' : 'queued',
    requestedAt: isoTime(status.requestedAtMs),
    ...(sentAtMs === undefined ? {} : { sentAt: isoTime(sentAtMs) }),
    ...(finishedAtMs === undefined ? {} : { finishedAt: isoTime(finishedAtMs) }),
    ...(ending === undefined ? {} : { outcome: ending.outcome, sent: ending.sent }),
  });
  if (ending === undefined) return head;
  const { response, error } = ending;
  const parts = [head.slice(0, -1)];
  if (response !== undefined) parts.push(`"response":${response}`);
  if (error !== undefined) {
    const { code, description, details } = error;
    parts.push(`"error":${JSON.stringify({ code, description }).slice(0, -1)},"details":${details}}`);
  }
  return `${parts.join(',')}}`;
}

/** The public JSON of a refusal. */
export function problemJson({ code, detail, path }: CommandProblem): string {
  return JSON.stringify({ v: VERSION, problem: { code, detail, ...(path === undefined ? {} : { path }) } });
}

/** An answer as whoever asked sees it. */
export type CommandAnswer =
  | {
      readonly kind: 'status';
      readonly status: 'queued' | 'sent' | 'finished';
      readonly tenant: string;
      /** The public JSON, as it came. */
      readonly json: string;
    }
  | { readonly kind: 'problem'; readonly problem: CommandProblem };

/** Reads an answer. What cannot be read is `unavailable`: a newer owner, or somebody else on the subject. */
export function readAnswer(json: string): CommandAnswer {
  const value = parsed(json);
  if (isJsonObject(value) && value['v'] === VERSION) {
    const { status, tenant, problem: refusal } = value;
    if (typeof tenant === 'string' && (status === 'queued' || status === 'sent' || status === 'finished')) {
      return { kind: 'status', status, tenant, json };
    }
    if (isJsonObject(refusal)) {
      const { code, detail, path } = refusal;
      if (typeof code === 'string' && isCommandProblemCode(code) && typeof detail === 'string') {
        return { kind: 'problem', problem: problem(code, detail, typeof path === 'string' ? path : undefined) };
      }
    }
  }
  return {
    kind: 'problem',
    problem: problem('unavailable', 'the owner of the charger gave an answer of another version'),
  };
}

function parsed(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}
