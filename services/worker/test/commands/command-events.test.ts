import type { QueuedCommand } from '@voltlane/charger-state';
import type { CommandSubmit } from '@voltlane/wire';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { finishedEvent, queuedEvent, sentEvent, unresponsiveEvent } from '../../src/commands/command-events.ts';

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
    const { kind, id, data } = finishedEvent({ command: COMMAND, ending }, NOW_MS);
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

describe('secrets in a payload', () => {
  it.each([
    [
      'the key of basic authentication (1.6)',
      '{"key":"AuthorizationKey","value":"0123"}',
      { key: 'AuthorizationKey', value: '***' },
    ],
    ['in any case of its name', '{"key":"authorizationKEY","value":"0123"}', { key: 'authorizationKEY', value: '***' }],
    ['no other setting', '{"key":"HeartbeatInterval","value":"60"}', { key: 'HeartbeatInterval', value: '60' }],
    [
      'the variable of basic authentication (2.x), and no other',
      '{"setVariableData":[{"attributeValue":"p","variable":{"name":"BasicAuthPassword"}},{"attributeValue":"5","variable":{"name":"HeartbeatInterval"}}]}',
      {
        setVariableData: [
          { attributeValue: '***', variable: { name: 'BasicAuthPassword' } },
          { attributeValue: '5', variable: { name: 'HeartbeatInterval' } },
        ],
      },
    ],
    [
      'passwords and keys in a network profile',
      '{"connectionData":{"basicAuthPassword":"p","apn":{"apnPassword":"q"},"vpn":{"password":"r","key":"s","user":"u"}}}',
      {
        connectionData: {
          basicAuthPassword: '***',
          apn: { apnPassword: '***' },
          vpn: { password: '***', key: '***', user: 'u' },
        },
      },
    ],
    [
      'user and password of a location',
      '{"location":"ftp://ada:pw@host/dir?x=a@b"}',
      { location: 'ftp://***@host/dir?x=a@b' },
    ],
    ['nothing of a plain location', '{"location":"https://host/a@b"}', { location: 'https://host/a@b' }],
    ['nothing else', '{"type":"Soft","n":9223372036854775807}', { type: 'Soft', n: 9223372036854775807n }],
  ])('are masked: %s', (_what, payload, expected) => {
    expect(queuedEvent(asked(payload), COMMAND, NOW_MS).data['payload']).toEqual(expected);
  });
});
