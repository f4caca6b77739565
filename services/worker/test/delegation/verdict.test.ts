/** What becomes of a handler's word, by action: tables over the pure rule. */
import { OCPP_VERSIONS, stringifyJson, validate } from '@voltlane/ocpp';
import { delegableActions, fallbacksOf, type HandlerFallback } from '@voltlane/registry';
import type { UplinkCall } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { CallInput } from '../../src/call-decision.ts';
import { decideCall } from '../../src/call-decision.ts';
import { fallbackAnswer } from '../../src/delegation/fallbacks.ts';
import type { Heard } from '../../src/delegation/heard.ts';
import { ASK_OUTCOMES } from '../../src/delegation/heard.ts';
import type { Ruling } from '../../src/delegation/verdict.ts';
import { rule } from '../../src/delegation/verdict.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { handlerFor } from '../../src/handlers/registry.ts';
import type { Charger, Version } from '../domain/context.ts';
import { charger, contextOf, NOW, payloadOf } from '../domain/context.ts';
import { SAMPLES_V16, SAMPLES_V21, SAMPLES_V201 } from '../handlers/samples.ts';
import { call } from '../uplinks.ts';

const SAMPLES = { '1.6': SAMPLES_V16, '2.0.1': SAMPLES_V201, '2.1': SAMPLES_V21 };

function inputOf(one: Charger, action: string, request: object, over: Partial<UplinkCall> = {}): CallInput {
  const { state, policy, tokens, nowMs, transactionIdFor } = contextOf(one, action, request);
  const uplink = call('CP-1', 1, action, {}, { version: one.version, payload: stringifyJson(request), ...over });
  return { call: uplink, request, charger: { state }, policy, tokens, nowMs, transactionIdFor };
}

function ruled(
  version: Version,
  action: string,
  heard: Heard,
  fallback: HandlerFallback = 'builtIn',
  request: object = SAMPLES[version][action] ?? {},
): Ruling {
  return rule(inputOf(charger(version), action, request), heard, fallback);
}

function response(payload: Readonly<Record<string, unknown>>): Heard {
  return { kind: 'response', payload };
}

const SILENCES: readonly Heard[] = [
  { kind: 'declined' },
  { kind: 'noHandler' },
  { kind: 'timeout' },
  { kind: 'full' },
  { kind: 'invalid', why: 'reply is not JSON' },
];

describe('BootNotification', () => {
  it.each(['1.6', '2.0.1', '2.1'] as const)('of %s is registered as the handler says, with our time', (version) => {
    for (const status of ['Accepted', 'Pending', 'Rejected']) {
      const { decision, outcome } = ruled(version, 'BootNotification', response({ status, interval: 7 }));
      expect(outcome).toBe('answered');
      expect(payloadOf(decision)).toEqual({ status, interval: 7, currentTime: NOW });
      expect(decision.state?.registration).toBe(status);
      expect(decision.events).toMatchObject([{ kind: 'charger.booted', data: { status, decidedBy: 'handler' } }]);
    }
  });

  it('gets the interval that goes with the status where the handler gives none', () => {
    expect(payloadOf(ruled('1.6', 'BootNotification', response({ status: 'Pending' })).decision)).toEqual({
      status: 'Pending',
      interval: DEFAULT_POLICY.bootRetryIntervalS,
      currentTime: NOW,
    });
  });

  it('is accepted against the registry when the handler says so, and refused without a trace by an error', () => {
    const one = charger('1.6', { policy: { ...DEFAULT_POLICY, registration: 'Rejected' } });
    const input = inputOf(one, 'BootNotification', SAMPLES_V16['BootNotification'] ?? {});
    expect(rule(input, response({ status: 'Accepted' }), 'builtIn').decision.state?.registration).toBe('Accepted');
    const error = rule(input, { kind: 'error', code: 'InternalError', description: 'no' }, 'accept').decision;
    expect(error.state).toBe(one.state);
    expect(error.events).toEqual([]);
  });

  it('needs a status: without one, or with a made-up one, the fallback stands in', () => {
    for (const payload of [{}, { interval: 5 }, { status: 'Maybe' }]) {
      const { decision, outcome, why } = ruled('2.1', 'BootNotification', response(payload), 'reject');
      expect(outcome).toBe('invalid');
      expect(why).toContain('response');
      expect(payloadOf(decision)).toMatchObject({ status: 'Rejected' });
      expect(decision.state?.registration).toBe('Rejected');
    }
  });
});

describe('Authorize', () => {
  it('is answered as given', () => {
    const info = { status: 'Blocked', parentIdTag: 'GROUP' };
    expect(payloadOf(ruled('1.6', 'Authorize', response({ idTagInfo: info })).decision)).toEqual({ idTagInfo: info });
    const token = { idTokenInfo: { status: 'ConcurrentTx' }, certificateStatus: 'Accepted' };
    expect(payloadOf(ruled('2.0.1', 'Authorize', response(token)).decision)).toEqual(token);
  });
});

describe('a transaction', () => {
  it('of 1.6 starts under our id with the handler’s verdict, also in the event', () => {
    const builtIn = payloadOf(
      decideCall(inputOf(charger('1.6'), 'StartTransaction', SAMPLES_V16['StartTransaction'] ?? {})),
    );
    const idTagInfo = { status: 'ConcurrentTx', expiryDate: '2030-01-01T00:00:00Z' };
    const { decision } = ruled('1.6', 'StartTransaction', response({ idTagInfo, transactionId: 5 }));
    expect(payloadOf(decision)).toEqual({ ...(builtIn as object), idTagInfo });
    expect(decision.state?.open).toHaveLength(1);
    expect(decision.events).toMatchObject([
      { kind: 'transaction.started', data: { authorization: 'ConcurrentTx', decidedBy: 'handler' } },
    ]);
  });

  it('of 1.6 needs a verdict', () => {
    const { decision, outcome } = ruled('1.6', 'StartTransaction', response({}), 'reject');
    expect(outcome).toBe('invalid');
    expect(payloadOf(decision)).toMatchObject({ idTagInfo: { status: 'Invalid' } });
    expect(decision.events).toMatchObject([{ data: { authorization: 'Invalid', decidedBy: 'fallback' } }]);
  });

  it('of 2.x carries what the handler adds; a verdict it leaves out is the built-in one', () => {
    const added = { totalCost: 1.5, chargingPriority: 3 };
    const { decision } = ruled('2.0.1', 'TransactionEvent', response(added));
    expect(payloadOf(decision)).toEqual({ ...added, idTokenInfo: { status: 'Accepted' } });
    expect(decision.events).toMatchObject([{ data: { authorization: 'Accepted', decidedBy: 'handler' } }]);
    const blocked = ruled('2.1', 'TransactionEvent', response({ idTokenInfo: { status: 'NoCredit' } })).decision;
    expect(blocked.events).toMatchObject([{ data: { authorization: 'NoCredit' } }]);
    expect(blocked.state?.open).toHaveLength(1);
  });

  it('ends whatever the handler says about the token', () => {
    const { decision } = ruled('1.6', 'StopTransaction', response({ idTagInfo: { status: 'Blocked' } }));
    expect(payloadOf(decision)).toEqual({ idTagInfo: { status: 'Blocked' } });
    expect(decision.events).toMatchObject([{ kind: 'transaction.ended', data: { authorization: 'Blocked' } }]);
  });

  it('without a token gets no verdict by a fallback', () => {
    const stop = { transactionId: 1, meterStop: 10, timestamp: '2026-03-01T11:00:00Z' };
    expect(payloadOf(ruled('1.6', 'StopTransaction', { kind: 'timeout' }, 'reject', stop).decision)).toEqual({});
    const { idToken: _idToken, ...event } = SAMPLES_V21['TransactionEvent'] ?? {};
    expect(payloadOf(ruled('2.1', 'TransactionEvent', { kind: 'timeout' }, 'accept', event).decision)).toEqual({});
  });

  it('that the handler refuses with an error is recorded as refused', () => {
    const heard: Heard = { kind: 'error', code: 'OccurrenceConstraintViolation', description: 'no such tag' };
    const { decision, outcome } = ruled('1.6', 'StartTransaction', heard);
    expect(outcome).toBe('answered');
    expect(decision.answer).toEqual({
      kind: 'error',
      code: 'OccurenceConstraintViolation',
      description: 'no such tag',
    });
    expect(decision.events).toMatchObject([{ kind: 'message.rejected', data: { decidedBy: 'handler' } }]);
    expect(decision.state?.open).toEqual([]);
  });
});

describe('any other action', () => {
  it('keeps what the built-in rule records, with the status that was answered', () => {
    const transfer = ruled('1.6', 'DataTransfer', response({ status: 'Accepted', data: 'x' })).decision;
    expect(payloadOf(transfer)).toEqual({ status: 'Accepted', data: 'x' });
    expect(transfer.events).toMatchObject([
      { kind: 'data.transfer', data: { status: 'Accepted', vendorId: 'com.example' } },
    ]);
    const signing = ruled('2.1', 'SignCertificate', response({ status: 'Accepted' })).decision;
    expect(signing.events).toMatchObject([{ kind: 'certificate.signingRequested', data: { status: 'Accepted' } }]);
    const needs = ruled('2.1', 'NotifyEVChargingNeeds', response({ status: 'Processing' })).decision;
    expect(needs.events).toMatchObject([{ kind: 'charging.needs', data: { status: 'Processing' } }]);
  });

  it('keeps state and telemetry', () => {
    const status = ruled('1.6', 'StatusNotification', response({})).decision;
    expect(status.state?.connectors['0/1']).toMatchObject({ status: 'Available' });
    expect(ruled('1.6', 'MeterValues', response({})).decision.meter).toMatchObject({ data: { decidedBy: 'handler' } });
  });

  it('gives integers beyond 2^53 on as they are', () => {
    const data = { counter: 9_223_372_036_854_775_807n };
    const { decision, outcome } = ruled('2.0.1', 'DataTransfer', response({ status: 'Accepted', data }));
    expect(outcome).toBe('answered');
    expect(stringifyJson(payloadOf(decision))).toContain('9223372036854775807');
  });

  it.each(
    OCPP_VERSIONS.flatMap((version) => Object.keys(SAMPLES[version]).map((action) => [version, action] as const)),
  )('%s %s: a response that breaks the schema never leaves', (version, action) => {
    if (action === 'NotifyPeriodicEventStream') return;
    const { decision, outcome } = ruled(version, action, response({ surprise: true }));
    expect(outcome).toBe('invalid');
    expect(payloadOf(decision)).not.toHaveProperty('surprise');
  });
});

describe('a call that is refused by the broker meanwhile', () => {
  it('is refused, whatever the handler said', () => {
    const one = charger('1.6');
    one.state = { ...one.state, registration: 'Rejected' };
    const input = inputOf(one, 'StartTransaction', SAMPLES_V16['StartTransaction'] ?? {});
    const { decision } = rule(input, response({ idTagInfo: { status: 'Accepted' } }), 'builtIn');
    expect(decision.answer).toMatchObject({ kind: 'error', code: 'SecurityError' });
    expect(decision.events).toMatchObject([{ kind: 'message.rejected' }]);
    expect(decision.events[0]?.data).not.toHaveProperty('decidedBy');
  });
});

describe('fallbacks', () => {
  it.each(SILENCES)('stand in for a handler that is silent: $kind', (heard) => {
    const builtIn = ruled('1.6', 'Authorize', heard, 'builtIn');
    expect(builtIn.outcome).toBe(heard.kind);
    expect(payloadOf(builtIn.decision)).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(payloadOf(ruled('1.6', 'Authorize', heard, 'reject').decision)).toEqual({
      idTagInfo: { status: 'Invalid' },
    });
    const error = ruled('1.6', 'Authorize', heard, 'callError');
    expect(error.decision.answer).toMatchObject({ kind: 'error', code: 'InternalError' });
    expect(error.passing).toBe(true);
  });

  it('say in events that they decided', () => {
    const { decision } = ruled('1.6', 'StartTransaction', { kind: 'noHandler' }, 'builtIn');
    expect(decision.events).toMatchObject([{ data: { decidedBy: 'fallback', authorization: 'Accepted' } }]);
    expect(ruled('1.6', 'StartTransaction', { kind: 'noHandler' }, 'callError').decision.events).toMatchObject([
      { kind: 'message.rejected', data: { decidedBy: 'fallback' } },
    ]);
  });

  const accepting = OCPP_VERSIONS.flatMap((version) =>
    delegableActions()
      .filter((action) => handlerFor(version, action) !== undefined)
      .flatMap((action) => fallbacksOf(action).map((fallback) => [version, action, fallback] as const)),
  );

  it.each(accepting)('%s %s %s answers by the schema of the version', (version, action, fallback) => {
    const own = fallbackAnswer(version, action, fallback);
    expect(own !== undefined, 'has an answer of its own').toBe(fallback === 'accept' || fallback === 'reject');
    const { decision, outcome } = ruled(version, action, { kind: 'timeout' }, fallback);
    expect(ASK_OUTCOMES).toContain(outcome);
    if (fallback === 'callError') {
      expect(decision.answer.kind).toBe('error');
      return;
    }
    expect(validate(version, action, 'response', payloadOf(decision), 'strict')).toBeUndefined();
    if (own !== undefined) expect(payloadOf(decision)).toMatchObject(own);
  });
});
