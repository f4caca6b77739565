/** Events of commands: who asked for what, when it left, how it ended. Secrets in payloads are masked. Pure. */
import type { QueuedCommand, SentCommand } from '@voltlane/charger-state';
import { isJsonObject, type JsonObject, parseJson } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import type { CommandSubmit } from '@voltlane/wire';
import { eventDraft } from '../domain/event-draft.ts';
import { reportedTime } from '../domain/timestamps.ts';
import type { EventDraft } from '../handlers/handler.ts';
import type { EndedCommand } from './command-queue.ts';

/** The command was taken. Leaves with the first record of the command, whatever comes of it: the audit. */
export function queuedEvent(ask: CommandSubmit, command: QueuedCommand, nowMs: number): EventDraft {
  const { id: commandId, action, priority, coalesceKey } = command;
  const data = {
    commandId,
    action,
    payload: masked(parseJson(ask.payload)),
    requestedBy: ask.requestedBy,
    requestedAt: isoTime(ask.requestedAtMs),
    priority,
    coalesceKey,
    expiresAt: isoTime(command.expiresAtMs),
    timeoutMs: command.timeoutMs,
  };
  return eventDraft('command.queued', reportedTime(undefined, nowMs), data, `cmd:${commandId}:queued`);
}

/** Its CALL leaves. */
export function sentEvent(
  { id: commandId, action, sends, sessionId: session }: SentCommand,
  nowMs: number,
): EventDraft {
  const data = { commandId, action, session };
  return eventDraft('command.sent', reportedTime(undefined, nowMs), data, `cmd:${commandId}:sent:${sends}`);
}

/** It has ended. */
export function finishedEvent({ command, ending }: EndedCommand, nowMs: number): EventDraft {
  const { outcome, sent, response, error } = ending;
  const data = {
    commandId: command.id,
    action: command.action,
    outcome,
    sent,
    response: response === undefined ? undefined : parseJson(response),
    error:
      error === undefined
        ? undefined
        : { code: error.code, description: error.description, details: parseJson(error.details) },
  };
  return eventDraft('command.finished', reportedTime(undefined, nowMs), data, `cmd:${command.id}:finished`);
}

/** The charger answers nothing any more; its connection is closed. */
export function unresponsiveEvent(timeouts: number, session: string | undefined, nowMs: number): EventDraft {
  return eventDraft('charger.unresponsive', reportedTime(undefined, nowMs), { timeouts, session });
}

const MASK = '***';
/** Members of any payload that hold a secret. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['basicAuthPassword', 'apnPassword', 'password', 'key']);
/** Keys of ChangeConfiguration and variables of SetVariables that hold one. */
const SECRET_SETTINGS: ReadonlySet<string> = new Set(['authorizationkey', 'basicauthpassword']);

/** User and password in the location of a diagnostics or log upload. */
const URL_CREDENTIALS = /\/\/[^/?#@\s]*@/g;

/** The payload with secrets replaced: events are read by many. */
function masked(payload: unknown): unknown {
  if (Array.isArray(payload)) return payload.map((item: unknown) => masked(item));
  if (typeof payload === 'string') return payload.replace(URL_CREDENTIALS, `//${MASK}@`);
  if (!isJsonObject(payload)) return payload;
  const secret = isSecretSetting(payload);
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      const isText = typeof value === 'string';
      if (isText && secret && (name === 'value' || name === 'attributeValue')) return [name, MASK];
      // ChangeConfiguration calls the name of the setting `key`: that is no secret.
      if (isText && SECRET_MEMBERS.has(name) && !(name === 'key' && 'value' in payload)) return [name, MASK];
      return [name, masked(value)];
    }),
  );
}

function isSecretSetting(payload: JsonObject): boolean {
  const { key, variable } = payload;
  const name = isJsonObject(variable) ? variable['name'] : key;
  return typeof name === 'string' && SECRET_SETTINGS.has(name.toLowerCase());
}
