import { describe, expect, it } from 'vitest';
import type { SessionEffect, SessionEvent } from '../src/effect.ts';
import { step } from '../src/session.ts';
import { call, closed, command, frame, kinds, reply, session } from './session-steps.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function traced(event: SessionEvent): SessionEvent {
  return event.kind === 'frame' || event.kind === 'command' ? { ...event, traceparent: TRACE } : event;
}

function ends(effects: readonly SessionEffect[]): SessionEffect[] {
  return effects.filter(({ kind }) => kind === 'callDone' || kind === 'callRefused' || kind === 'commandDone');
}

describe('a traced call', () => {
  it('takes its trace to the worker and to its end', () => {
    const s = session();
    const sent = step(s, traced(frame('[2,"a","Heartbeat",{}]')), 10);
    expect(call(sent)?.traceparent).toBe(TRACE);
    const answered = step(s, reply(1), 25);
    expect(kinds(answered)).toEqual(['sendText', 'callDone']);
    expect(ends(answered)).toEqual([
      { kind: 'callDone', action: 'Heartbeat', outcome: 'result', tookMs: 15, traceparent: TRACE },
    ]);
  });

  it('that waits behind another keeps its own trace', () => {
    const s = session();
    step(s, frame('[2,"a","Heartbeat",{}]'), 10);
    step(s, traced(frame('[2,"b","Heartbeat",{}]')), 11);
    expect(call(step(s, reply(1), 25))?.traceparent).toBe(TRACE);
  });

  it.each([
    ['of an action nobody knows', '[2,"a","Invented",{}]', 'NotImplemented'],
    ['of an action of the other side', '[2,"a","Reset",{"type":"Soft"}]', 'NotSupported'],
    ['that breaks its schema', '[2,"a","Authorize",{}]', 'OccurenceConstraintViolation'],
  ])('%s ends where it is refused', (_what, text, code) => {
    const effects = step(session(), traced(frame(text)), 10);
    expect(ends(effects)).toMatchObject([{ kind: 'callRefused', code, traceparent: TRACE }]);
    expect(kinds(effects).indexOf('sendText')).toBeLessThan(kinds(effects).indexOf('callRefused'));
  });

  it('of a trace nobody records leaves nothing behind', () => {
    const s = session();
    expect(call(step(s, frame('[2,"a","Heartbeat",{}]'), 10))?.traceparent).toBeUndefined();
    expect(ends(step(s, reply(1), 25))).toMatchObject([{ kind: 'callDone', traceparent: undefined }]);
    expect(ends(step(s, frame('[2,"b","Invented",{}]'), 30))).toEqual([]);
  });
});

describe('a traced command', () => {
  it.each([
    ['answered', frame('[3,"c1",{"status":"Accepted"}]'), 'result'],
    ['refused', frame('[4,"c1","NotSupported","",{}]'), 'error'],
    ['lost with its socket', closed, 'lost'],
    ['not answered in time', { kind: 'sweep' } as const, 'timeout'],
  ])('is told when it is %s', (_how, event, outcome) => {
    const s = session();
    step(s, traced(command('c1')), 10);
    expect(ends(step(s, event, 600))).toEqual([
      { kind: 'commandDone', action: 'Reset', outcome, tookMs: 590, traceparent: TRACE },
    ]);
  });

  it('that is not traced is not told', () => {
    const s = session();
    step(s, command('c1'), 10);
    expect(ends(step(s, frame('[3,"c1",{"status":"Accepted"}]'), 20))).toEqual([]);
  });
});
