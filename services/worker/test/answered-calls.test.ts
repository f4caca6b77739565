import type { AnsweredCall } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';
import type { UplinkCall } from '@voltlane/wire';
import { chargerId, edgeId, sessionId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { callFingerprint, findAnswered, rememberAnswered } from '../src/answered-calls.ts';

function call(over: Partial<UplinkCall> = {}): UplinkCall {
  return {
    kind: 'call',
    tenant: tenant('default'),
    chargerId: chargerId('CP1'),
    edgeId: edgeId('edge1'),
    sessionId: sessionId('s1'),
    version: '1.6',
    seq: 1,
    messageId: 'a',
    action: 'StartTransaction',
    payload: '{"connectorId":1}',
    receivedAtMs: 0,
    budgetMs: 1000,
    send: false,
    deviations: [],
    ...over,
  };
}

function answered(of: UplinkCall, payload = '{}'): AnsweredCall {
  const { sessionId: session, seq, messageId } = of;
  return { session, seq, messageId, fingerprint: callFingerprint(of), answer: { kind: 'result', payload } };
}

const first = call();
const list = rememberAnswered([], answered(first, '{"transactionId":7}'));

describe('a call is recognised as answered before', () => {
  it('when the edge sends it again: same session and seq', () => {
    expect(findAnswered(list, call())?.answer).toEqual({ kind: 'result', payload: '{"transactionId":7}' });
  });

  it('when the charger sends it again: same session, id, action and payload under a new seq', () => {
    expect(findAnswered(list, call({ seq: 2 }))).toBeDefined();
  });
});

describe('a call is new', () => {
  const others: [string, Partial<UplinkCall>][] = [
    ['in another session, whatever its id', { sessionId: sessionId('s2') }],
    ['with another payload under the same id', { seq: 2, payload: '{"connectorId":2}' }],
    ['with another action under the same id', { seq: 2, action: 'StopTransaction' }],
    ['with another id', { seq: 2, messageId: 'b' }],
  ];
  it.each(others)('%s', (_name, over) => {
    expect(findAnswered(list, call(over))).toBeUndefined();
  });

  it('when it is a heartbeat with a constant id: an old time would be wrong', () => {
    const beat = call({ action: 'Heartbeat', payload: '{}' });
    const after = rememberAnswered([], answered(beat, '{"currentTime":"then"}'));
    expect(findAnswered(after, { ...beat, seq: 2 })).toBeUndefined();
    expect(findAnswered(after, beat)).toBeDefined();
  });

  it('when the id was used for something else in between', () => {
    const available = call({ action: 'StatusNotification', payload: '{"status":"Available"}' });
    const charging = call({ seq: 2, action: 'StatusNotification', payload: '{"status":"Charging"}' });
    const after = rememberAnswered(rememberAnswered([], answered(available)), answered(charging));
    expect(findAnswered(after, { ...available, seq: 3 })).toBeUndefined();
  });
});

describe('the list', () => {
  it('is bounded and keeps the newest', () => {
    let grown: readonly AnsweredCall[] = [];
    for (let seq = 1; seq <= 50; seq += 1)
      grown = rememberAnswered(grown, answered(call({ seq, messageId: `m${seq}` })));
    expect(grown.length).toBe(STATE_LIMITS.answeredMax);
    expect(grown[0]?.seq).toBe(50);
  });
});
