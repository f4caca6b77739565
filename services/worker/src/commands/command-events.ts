/**
 * Events of commands: who asked for what, when it left, how it ended. They are read by many, so secrets are masked, those of an answer
 * as well; only who asked is told all of it. Pure.
 */
import type { QueuedCommand, SentCommand } from '@voltlane/charger-state';
import { maskAnswer, maskError, maskSecrets, parseJson } from '@voltlane/ocpp';
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
    payload: maskSecrets(parseJson(ask.payload)),
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

/** It has ended. `request` is the payload of its CALL, undefined where that is gone. */
export function finishedEvent(
  { command, ending }: EndedCommand,
  request: string | undefined,
  nowMs: number,
): EventDraft {
  const { outcome, sent, response, error } = ending;
  const data = {
    commandId: command.id,
    action: command.action,
    outcome,
    sent,
    response: response === undefined ? undefined : maskAnswer(parseJson(response), isQuotable(request)),
    // What was never sent is our own error, which quotes nothing.
    error:
      error === undefined
        ? undefined
        : maskError({ ...error, details: parseJson(error.details) }, !sent || isQuotable(request)),
  };
  return eventDraft('command.finished', reportedTime(undefined, nowMs), data, `cmd:${command.id}:finished`);
}

/** The charger answers nothing any more; its connection is closed. */
export function unresponsiveEvent(timeouts: number, session: string | undefined, nowMs: number): EventDraft {
  return eventDraft('charger.unresponsive', reportedTime(undefined, nowMs), { timeouts, session });
}

/** Whether an answer may quote this request; one that is not known is taken to hold a secret. */
function isQuotable(request: string | undefined): boolean {
  if (request === undefined) return false;
  const payload = parseJson(request);
  return maskSecrets(payload) === payload;
}
