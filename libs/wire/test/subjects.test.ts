import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargerId,
  createSubjects,
  edgeId,
  isChargerId,
  partitionId,
  type Subjects,
  tenant,
  traceId,
  WireError,
} from '../src/index.ts';

const ADDRESS = { tenant: tenant('acme'), chargerId: chargerId('RDAM 1.2*') };
const EDGE = edgeId('e-1');

/** Every subject there is, under both an empty prefix and one of two tokens. */
const GRAMMAR: readonly (readonly [string, (subjects: Subjects) => string])[] = [
  ['voltlane.v1.call.17', (s) => s.call(partitionId(17))],
  ['voltlane.v1.command.17', (s) => s.forward(partitionId(17))],
  ['voltlane.v1.owner.17', (s) => s.owner(partitionId(17))],
  ['voltlane.v1.owner.*', (s) => s.ownerFilter()],
  ['voltlane.v1.edge.e-1.in', (s) => s.edgeInbox(EDGE)],
  ['voltlane.v1.edge.e-1.reply.42', (s) => s.edgeReply(EDGE, 42)],
  ['voltlane.v1.sessions.e-1', (s) => s.edgeSessions(EDGE)],
  ['voltlane.v1.trace', (s) => s.traceAsks()],
  ['voltlane.v1.traced.t-1', (s) => s.traceReports(traceId('t-1'))],
  ['voltlane.v1.edge.e-1.>', (s) => s.edgeFilter(EDGE)],
  ['command.acme.RDAM%201%2E2%2A.Reset', (s) => s.command(ADDRESS, 'Reset')],
  ['command.*.*.*', (s) => s.commandFilter()],
  ['command.acme.*.*', (s) => s.commandFilter(ADDRESS.tenant)],
  ['event.acme.RDAM%201%2E2%2A.state', (s) => s.eventState(ADDRESS)],
  ['event.acme.RDAM%201%2E2%2A.meter', (s) => s.eventMeter(ADDRESS)],
  ['event.*.*.*', (s) => s.eventFilter({})],
  ['event.*.*.state', (s) => s.eventFilter({ class: 'state' })],
  ['event.acme.*.*', (s) => s.eventFilter({ tenant: ADDRESS.tenant })],
  ['event.*.RDAM%201%2E2%2A.*', (s) => s.eventFilter({ charger: ADDRESS.chargerId })],
  [
    'event.acme.RDAM%201%2E2%2A.meter',
    (s) => s.eventFilter({ tenant: ADDRESS.tenant, charger: ADDRESS.chargerId, class: 'meter' }),
  ],
  ['handle.acme.Authorize', (s) => s.handle(ADDRESS.tenant, 'Authorize')],
];

describe('subjects', () => {
  it.each(GRAMMAR)('%s', (subject, build) => {
    expect(build(createSubjects())).toBe(subject);
    expect(build(createSubjects('test.a_1'))).toBe(`test.a_1.${subject}`);
  });

  it.each(['', 'test.a_1'])('are read back under prefix %j', (prefix) => {
    const s = createSubjects(prefix);
    expect(s.parseCall(s.call(partitionId(17)))).toBe(17);
    expect(s.parseForward(s.forward(partitionId(0)))).toBe(0);
    expect(s.parseOwner(s.owner(partitionId(17)))).toBe(17);
    expect(s.parseOwner(s.ownerFilter())).toBeUndefined();
    expect(s.parseEdge(s.edgeInbox(EDGE))).toEqual({ kind: 'inbox', edgeId: 'e-1' });
    expect(s.parseEdge(s.edgeReply(EDGE, 42))).toEqual({ kind: 'reply', edgeId: 'e-1', n: 42 });
    const replyNumber = s.replyNumbers(EDGE);
    expect(replyNumber(s.edgeReply(EDGE, 42))).toBe(42);
    for (const other of [
      s.edgeInbox(EDGE),
      s.edgeReply(edgeId('e-2'), 1),
      `${s.edgeReply(EDGE, 1)}.1`,
      `${s.edgeReply(EDGE, 0)}1`,
    ])
      expect(replyNumber(other)).toBeUndefined();
    expect(s.parseCommand(s.command(ADDRESS, 'Reset'))).toEqual({ ...ADDRESS, action: 'Reset' });
    expect(s.parseEvent(s.eventState(ADDRESS))).toEqual({ ...ADDRESS, class: 'state' });
    expect(s.parseEvent(s.eventMeter(ADDRESS))).toEqual({ ...ADDRESS, class: 'meter' });
    expect(s.parseHandle(s.handle(ADDRESS.tenant, 'Authorize'))).toEqual({ tenant: 'acme', action: 'Authorize' });
  });

  it('bring every legal identity through and have the same number of tokens for each', () => {
    const s = createSubjects('p');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).filter(isChargerId), (id) => {
        const address = { tenant: ADDRESS.tenant, chargerId: id };
        const subject = s.command(address, 'Reset');
        expect(subject.split('.')).toHaveLength(5);
        expect(s.parseCommand(subject)).toEqual({ ...address, action: 'Reset' });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    'voltlane.v1.call',
    'voltlane.v1.call.',
    'voltlane.v1.call.x',
    'voltlane.v1.call.01',
    'voltlane.v1.call.65536',
    'voltlane.v1.call.1.2',
    'voltlane.v2.call.1',
    'test.voltlane.v1.call.1',
    'voltlane.v1.edge.e-1',
    'voltlane.v1.edge.e-1.out',
    'voltlane.v1.edge.e-1.reply',
    'voltlane.v1.edge.e-1.reply.x',
    'voltlane.v1.edge.e-1.reply.99999999999999999999',
    'voltlane.v1.edge.a%20b.in',
    'command.acme.CP1',
    'command.acme.CP1.Reset.now',
    'command.a%20b.CP1.Reset',
    'command.acme.C P.Reset',
    'command.acme.%41.Reset',
    'command.acme.a%2Fb.Reset',
    'command.acme.CP1.Re%20set',
    'command..CP1.Reset',
    'event.acme.CP1.other',
    'event.acme..state',
    'handle.acme',
    'handle.acme.Authorize.x',
  ])('%j is none', (subject) => {
    const s = createSubjects();
    expect([
      s.parseCall(subject),
      s.parseForward(subject),
      s.parseEdge(subject),
      s.parseCommand(subject),
      s.parseEvent(subject),
      s.parseHandle(subject),
    ]).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  it.each(['.', 'a.', '.a', 'a..b', 'a b', '*', '>', 'a.>', 'ä', 'x'.repeat(129)])('refuse the prefix %j', (prefix) => {
    expect(() => createSubjects(prefix)).toThrow(WireError);
  });

  it.each(['', 'a.b', '*', '>', 'a b', 'x'.repeat(65)])('refuse the action %j', (action) => {
    expect(() => createSubjects().command(ADDRESS, action)).toThrow(WireError);
    expect(() => createSubjects().handle(ADDRESS.tenant, action)).toThrow(WireError);
  });
});
