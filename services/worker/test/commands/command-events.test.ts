import type { QueuedCommand } from '@voltlane/charger-state';
import type { CommandEnding } from '@voltlane/commands';
import type { CommandSubmit } from '@voltlane/wire';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { finishedEvent, queuedEvent, sentEvent, unresponsiveEvent } from '../../src/commands/command-events.ts';
import type { EventDraft } from '../../src/handlers/handler.ts';

const NOW_MS = 1_772_366_400_000;
const NOW = '2026-03-01T12:00:00.000Z';

const COMMAND: QueuedCommand = {
  id: 'c00000001',
  action: 'Reset',
  priority: 7,
  coalesceKey: 'k',
  requestedAtMs: NOW_MS - 5,
  expiresAtMs: NOW_MS + 60_000,
  waitsOffline: true,
  timeoutMs: 30_000,
  triggers: [],
  sends: 0,
};

function asked(payload: string, action = 'Reset'): CommandSubmit {
  return {
    kind: 'commandSubmit',
    tenant: tenant('default'),
    chargerId: chargerId('CP1'),
    commandId: COMMAND.id,
    waitMs: 0,
    action,
    payload,
    timeoutMs: 30_000,
    ttlMs: 60_000,
    priority: 7,
    coalesceKey: 'k',
    requestedBy: 'Ada (k1)',
    requestedAtMs: NOW_MS - 5,
    waitsWhileAway: false,
    repeated: false,
  };
}

describe('events of a command', () => {
  it('tell who asked for what and until when', () => {
    expect(queuedEvent(asked('{"type":"Soft"}'), COMMAND, NOW_MS)).toEqual({
      kind: 'command.queued',
      at: NOW,
      id: 'cmd:c00000001:queued',
      data: {
        commandId: 'c00000001',
        action: 'Reset',
        payload: { type: 'Soft' },
        requestedBy: 'Ada (k1)',
        requestedAt: '2026-03-01T11:59:59.995Z',
        priority: 7,
        coalesceKey: 'k',
        expiresAt: '2026-03-01T12:01:00.000Z',
        timeoutMs: 30_000,
      },
    });
  });

  it('tell over which session it left, each time under an id of its own', () => {
    const sent = { ...COMMAND, sessionId: 's1', edgeId: 'e1', sentAtMs: NOW_MS, sends: 1 };
    expect(sentEvent(sent, NOW_MS)).toEqual({
      kind: 'command.sent',
      at: NOW,
      id: 'cmd:c00000001:sent:1',
      data: { commandId: 'c00000001', action: 'Reset', session: 's1' },
    });
    expect(sentEvent({ ...sent, sends: 2 }, NOW_MS).id).toBe('cmd:c00000001:sent:2');
  });

  it.each([
    [
      { outcome: 'accepted', sent: true, response: '{"n":9223372036854775807}' },
      { response: { n: 9223372036854775807n } },
    ],
    [
      { outcome: 'callError', sent: true, error: { code: 'C', description: 'd', details: '{"x":1}' } },
      { error: { code: 'C', description: 'd', details: { x: 1 } } },
    ],
    [{ outcome: 'expired', sent: false }, {}],
  ] as const)('tell how it ended: %o', (ending, more) => {
    const { kind, id, data } = finishedEvent({ command: COMMAND, ending }, '{}', NOW_MS);
    expect({ kind, id }).toEqual({ kind: 'command.finished', id: 'cmd:c00000001:finished' });
    const { outcome, sent } = ending;
    expect(data).toMatchObject({ commandId: 'c00000001', action: 'Reset', outcome, sent, ...more });
  });

  it('tell of a charger that was given up', () => {
    expect(unresponsiveEvent(3, 's1', NOW_MS)).toMatchObject({
      kind: 'charger.unresponsive',
      data: { timeouts: 3, session: 's1' },
    });
  });
});

describe('secrets in events of a command', () => {
  const setting = (value: string): string => `{"key":"AuthorizationKey","value":"${value}"}`;
  const finished = (ending: CommandEnding, request: string | undefined): EventDraft['data'] =>
    finishedEvent({ command: COMMAND, ending }, request, NOW_MS).data;
  const error = { code: 'PropertyConstraintViolation', description: 'hunter2 is weak', details: '{"got":"hunter2"}' };
  const refused: CommandEnding = { outcome: 'callError', sent: true, error };

  it('are masked in what was asked for', () => {
    const { data } = queuedEvent(asked(setting('hunter2')), COMMAND, NOW_MS);
    expect(data['payload']).toEqual({ key: 'AuthorizationKey', value: '***' });
  });

  it('are masked in the answer', () => {
    const response = `{"configurationKey":[${setting('hunter2')},{"key":"HeartbeatInterval","value":"300"}]}`;
    const { response: shown } = finished({ outcome: 'accepted', sent: true, response }, '{}');
    const heartbeat = { key: 'HeartbeatInterval', value: '300' };
    expect(shown).toEqual({ configurationKey: [{ key: 'AuthorizationKey', value: '***' }, heartbeat] });
  });

  it('are masked in an answer that broke its schema', () => {
    const details = `{"payload":{"configurationKey":[${setting('hunter2')}]}}`;
    const ending: CommandEnding = { ...refused, error: { ...error, description: 'd', details } };
    expect(finished(ending, '{}')['error']).toMatchObject({
      description: 'd',
      details: { payload: { configurationKey: [{ key: 'AuthorizationKey', value: '***' }] } },
    });
  });

  it.each([
    ['held one', setting('hunter2')],
    ['is gone', undefined],
  ])('may be quoted by an answer whose request %s, so its texts are not shown', (_what, request) => {
    const { code } = error;
    expect(finished(refused, request)['error']).toEqual({ code, description: '***', details: {} });
    const response = '{"status":"Rejected","statusInfo":{"reasonCode":"Weak","additionalInfo":"hunter2"}}';
    expect(finished({ outcome: 'rejected', sent: true, response }, request)['response']).toEqual({
      status: 'Rejected',
      statusInfo: { reasonCode: 'Weak', additionalInfo: '***' },
    });
  });

  it('are not quoted by an error of ours: what was not sent says why, whatever it held', () => {
    const ending: CommandEnding = { ...refused, sent: false, error: { ...error, details: '{}' } };
    expect(finished(ending, setting('hunter2'))['error']).toEqual({ ...error, details: {} });
  });
});
