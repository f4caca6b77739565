/** One event of each kind about commands, with every field it can have. */
import type { QueuedCommand, SentCommand } from '@voltlane/charger-state';
import type { CommandSubmit } from '@voltlane/wire';
import { chargerId } from '@voltlane/wire';
import { finishedEvent, queuedEvent, sentEvent, unresponsiveEvent } from '../../src/commands/command-events.ts';
import type { EventDraft } from '../../src/handlers/handler.ts';
import { TENANT } from '../uplinks.ts';

/** A command as it waits. */
export const QUEUED: QueuedCommand = {
  id: 'c0000001',
  action: 'ClearCache',
  priority: 5,
  coalesceKey: 'k',
  requestedAtMs: 1_767_225_600_000,
  expiresAtMs: 1_767_225_630_000,
  waitsOffline: false,
  timeoutMs: 30_000,
  triggers: [],
  sends: 0,
};

/** The same, sent. */
export const SENT: SentCommand = { ...QUEUED, sessionId: 's1', edgeId: 'edge1', sentAtMs: 1_767_225_600_000, sends: 1 };

/** The request it came from. */
export const SUBMIT: CommandSubmit = {
  kind: 'commandSubmit',
  tenant: TENANT,
  chargerId: chargerId('CP1'),
  commandId: QUEUED.id,
  waitMs: 1000,
  action: QUEUED.action,
  payload: '{}',
  timeoutMs: QUEUED.timeoutMs,
  ttlMs: 0,
  priority: QUEUED.priority,
  coalesceKey: QUEUED.coalesceKey,
  requestedBy: 'somebody',
  requestedAtMs: QUEUED.requestedAtMs,
  waitsWhileAway: true,
  repeated: false,
};

export function commandEvents(): readonly EventDraft[] {
  const error = { code: 'GenericError', description: '', details: '{}' };
  return [
    queuedEvent(SUBMIT, QUEUED, QUEUED.requestedAtMs),
    sentEvent(SENT, QUEUED.requestedAtMs),
    finishedEvent(
      { command: SENT, ending: { outcome: 'accepted', sent: true, response: '{}' } },
      '{}',
      QUEUED.requestedAtMs,
    ),
    finishedEvent({ command: SENT, ending: { outcome: 'callError', sent: true, error } }, '{}', QUEUED.requestedAtMs),
    unresponsiveEvent(3, 's1', QUEUED.requestedAtMs),
  ];
}
