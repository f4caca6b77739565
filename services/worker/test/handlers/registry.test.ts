import { actionsOf, OCPP_VERSIONS, validate } from '@voltlane/ocpp';
import { EVENT_KINDS } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { handlerFor } from '../../src/handlers/registry.ts';
import type { Version } from '../domain/context.ts';
import { charger, send } from '../domain/context.ts';
import { SAMPLES_V16, SAMPLES_V21, SAMPLES_V201 } from './samples.ts';

const SAMPLES = { '1.6': SAMPLES_V16, '2.0.1': SAMPLES_V201, '2.1': SAMPLES_V21 };

const ACTIONS = OCPP_VERSIONS.flatMap((version) =>
  actionsOf(version)
    .filter((info) => info.sender !== 'csms')
    .map((info): [Version, string, 'call' | 'send'] => [version, info.action, info.kind]),
);

function sampleOf(version: Version, action: string): Readonly<Record<string, unknown>> {
  const sample = SAMPLES[version][action];
  if (sample === undefined) throw new Error(`no sample for ${version} ${action}`);
  return sample;
}

describe('the registry', () => {
  it('covers 14, 25 and 37 actions', () => {
    const counts = OCPP_VERSIONS.map((version) => ACTIONS.filter(([one]) => one === version).length);
    expect(counts).toEqual([14, 25, 37]);
  });

  it.each(ACTIONS)('has a handler for %s %s', (version, action) => {
    expect(handlerFor(version, action)).toBeDefined();
  });

  it('knows nothing a charger does not send', () => {
    for (const version of OCPP_VERSIONS) {
      for (const info of actionsOf(version)) {
        if (info.sender === 'csms') expect(handlerFor(version, info.action)).toBeUndefined();
      }
      for (const name of ['', 'heartbeat', 'constructor', '__proto__', 'toString'])
        expect(handlerFor(version, name)).toBeUndefined();
    }
  });
});

describe('a handler', () => {
  it.each(ACTIONS)('answers a sensible %s %s by the schema', (version, action, kind) => {
    const request = sampleOf(version, action);
    expect(validate(version, action, 'request', request, 'strict')).toBeUndefined();
    const { answer } = send(charger(version), action, request);
    if (kind === 'send') {
      expect(answer).toEqual({ kind: 'none' });
    } else {
      if (answer.kind !== 'result') throw new Error(`answer is ${answer.kind}`);
      expect(validate(version, action, 'response', answer.payload, 'strict')).toBeUndefined();
    }
  });

  it.each(ACTIONS)('of %s %s neither changes what it was given nor leaves undefined behind', (version, action) => {
    const one = charger(version);
    const request = deepFrozen(structuredClone(sampleOf(version, action)));
    deepFrozen(one.state);
    const decision = send(one, action, request);
    const { events, meter, answer, report } = decision;
    expect(hasUndefined({ events, ...(meter === undefined ? {} : { meter }), answer, report: report ?? null })).toBe(
      false,
    );
    for (const event of meter === undefined ? events : [...events, meter]) {
      expect(EVENT_KINDS).toContain(event.kind);
      expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  it.each(ACTIONS)('of %s %s decides the same twice', (version, action) => {
    const request = sampleOf(version, action);
    expect(send(charger(version), action, request)).toEqual(send(charger(version), action, request));
  });

  it('of NotifyPeriodicEventStream answers nothing and records telemetry', () => {
    const decision = send(charger('2.1'), 'NotifyPeriodicEventStream', sampleOf('2.1', 'NotifyPeriodicEventStream'));
    expect(decision.answer).toEqual({ kind: 'none' });
    expect(decision.meter?.data).toMatchObject({ streamId: 1, values: [{ offsetS: 0.5, value: '230.1' }] });
  });
});

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFrozen(member);
  }
  return value;
}

function hasUndefined(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUndefined);
}
