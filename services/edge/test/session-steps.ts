/** Sessions without a socket: events to feed them, and what to look at in their effects. */
import type { DownlinkReply, Uplink, UplinkCall } from '@voltlane/wire';
import { chargerId, edgeId, partitionId, sessionId, tenant } from '@voltlane/wire';
import type { SessionEffect, SessionEvent } from '../src/effect.ts';
import type { Session, SessionStart } from '../src/session.ts';
import { createSession } from '../src/session.ts';

export const LIMITS: SessionStart['limits'] = { callDeadlineMs: 1_000, inboundQueueCallsMax: 4, idleTimeoutMs: 10_000 };

export const session = (over: Partial<SessionStart> = {}): Session =>
  createSession(
    {
      tenant: tenant('default'),
      chargerId: chargerId('CP1'),
      edgeId: edgeId('edge'),
      sessionId: sessionId('s1'),
      version: '1.6',
      partition: partitionId(0),
      lenient: false,
      closeBy: 'close',
      limits: LIMITS,
      pingIntervalMs: 3_000,
      ...over,
    },
    0,
  );

export const frame = (text: string): SessionEvent => ({ kind: 'frame', text, receivedAtMs: 5 });
export const OK: DownlinkReply['outcome'] = { kind: 'result', payload: '{"a":1}' };
export const reply = (seq: number, outcome: DownlinkReply['outcome'] = OK): SessionEvent => ({
  kind: 'reply',
  seq,
  outcome,
});
export const command = (commandId: string, action = 'Reset', payload = '{"type":"Soft"}'): SessionEvent => ({
  kind: 'command',
  commandId,
  action,
  payload,
  timeoutMs: 500,
});
export const closed: SessionEvent = { kind: 'closed', code: 1006, reason: '', closedAtMs: 9 };
export const heartbeat = (id: string): SessionEvent => frame(`[2,"${id}","Heartbeat",{}]`);

export const texts = (effects: readonly SessionEffect[]): string[] =>
  effects.flatMap((effect) => (effect.kind === 'sendText' ? [effect.text] : []));
export const published = (effects: readonly SessionEffect[]): Uplink[] =>
  effects.flatMap((effect) => (effect.kind === 'publish' ? [effect.uplink] : []));
export const call = (effects: readonly SessionEffect[]): UplinkCall | undefined =>
  published(effects).find((up) => up.kind === 'call');
export const counted = (effects: readonly SessionEffect[]): string[] =>
  effects.flatMap((effect) => (effect.kind === 'count' ? [`${effect.counter}:${effect.label}`] : []));
export const kinds = (effects: readonly SessionEffect[]): string[] => effects.map((effect) => effect.kind);
