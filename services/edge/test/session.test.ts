import { describe, expect, it } from 'vitest';
import type { SessionEffect } from '../src/effect.ts';
import { step, sweepDueAtMs } from '../src/session.ts';
import {
  call,
  closed,
  command,
  counted,
  frame,
  heartbeat,
  kinds,
  published,
  reply,
  session,
  texts,
} from './session-steps.ts';

const MISSING_MODEL = '{"chargePointVendor":"V"}';
const CASES: readonly [name: string, version: '1.6' | '2.0.1' | '2.1', text: string, answers: readonly RegExp[]][] = [
  ['an unknown action', '1.6', '[2,"1","Frobnicate",{}]', [/^\[4,"1","NotImplemented"/]],
  ['an action of the other direction', '1.6', '[2,"1","Reset",{"type":"Soft"}]', [/^\[4,"1","NotSupported"/]],
  [
    'a missing field in 1.6',
    '1.6',
    `[2,"1","BootNotification",${MISSING_MODEL}]`,
    [/^\[4,"1","OccurenceConstraintViolation"/],
  ],
  [
    'a missing field in 2.0.1',
    '2.0.1',
    '[2,"1","BootNotification",{"reason":"PowerUp"}]',
    [/^\[4,"1","OccurrenceConstraintViolation"/],
  ],
  ['an extra field in 1.6', '1.6', '[2,"1","Heartbeat",{"x":1}]', [/^\[4,"1","FormationViolation"/]],
  ['an extra field in 2.1', '2.1', '[2,"1","Heartbeat",{"x":1}]', [/^\[4,"1","ProtocolError"/]],
  ['an unreadable frame in 2.0.1', '2.0.1', '{{{', [/^\[4,"-1","RpcFrameworkError"/]],
  ['an unreadable frame in 1.6', '1.6', '{{{', []],
  ['a SEND in 2.0.1', '2.0.1', '[6,"1","NotifyPeriodicEventStream",{}]', [/^\[4,"1","MessageTypeNotSupported"/]],
  ['a SEND in 1.6', '1.6', '[6,"1","NotifyPeriodicEventStream",{}]', []],
  ['a SEND of a CALL action in 2.1', '2.1', '[6,"1","Heartbeat",{}]', []],
  ['a SEND that breaks its schema', '2.1', '[6,"1","NotifyPeriodicEventStream",{}]', []],
  ['an answer to nothing', '1.6', '[3,"1",{}]', []],
  ['an error to nothing', '1.6', '[4,"1","InternalError","",{}]', []],
];

describe('a frame that fails at the edge', () => {
  it.each(CASES)('%s in %s never reaches the bus and gets its answer at once', (_name, version, text, answers) => {
    const effects = step(session({ version }), frame(text), 1);
    expect(published(effects)).toEqual([]);
    const sent = texts(effects);
    expect(sent).toHaveLength(answers.length);
    answers.forEach((answer, at) => expect(sent[at]).toMatch(answer));
  });

  it('is answered before an earlier call that still waits', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    expect(texts(step(s, frame('[2,"2","Nope",{}]'), 1))).toEqual([expect.stringContaining('"2","NotImplemented"')]);
    expect(texts(step(s, reply(1), 2))).toEqual(['[3,"1",{"a":1}]']);
  });
});

describe('the lane of a charger', () => {
  it('has one call with the worker and sends the next only after its answer', () => {
    const s = session();
    expect(call(step(s, heartbeat('1'), 0))).toMatchObject({
      seq: 1,
      messageId: '1',
      budgetMs: 1_000,
      receivedAtMs: 5,
    });
    expect(step(s, heartbeat('2'), 10)).toEqual([]);
    const effects = step(s, reply(1), 20);
    expect(kinds(effects)).toEqual(['sendText', 'callDone', 'publish']);
    expect(call(effects)).toMatchObject({ seq: 2, messageId: '2', budgetMs: 990 });
  });

  it('ignores a second reply to the same message', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    step(s, reply(1), 1);
    expect(step(s, reply(1), 2)).toEqual([]);
  });

  it('answers each copy of a call once and forwards one', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    expect(counted(step(s, heartbeat('1'), 1))).toEqual(['coalesced:']);
    step(s, heartbeat('2'), 2);
    step(s, heartbeat('2'), 3);
    const effects = step(s, reply(1), 4);
    expect(texts(effects)).toHaveLength(2);
    expect(call(effects)).toMatchObject({ messageId: '2' });
    expect(texts(step(s, reply(2), 5))).toHaveLength(2);
    expect(s.waiting).toBe(0);
  });

  it('treats the same id with another payload as another call', () => {
    const s = session({ version: '1.6' });
    step(s, frame('[2,"1","DataTransfer",{"vendorId":"a"}]'), 0);
    step(s, frame('[2,"1","DataTransfer",{"vendorId":"b"}]'), 1);
    expect(call(step(s, reply(1), 2))).toMatchObject({ seq: 2, payload: '{"vendorId":"b"}' });
  });

  it('stops reading at the bound and goes on at half of it', () => {
    const s = session();
    step(s, heartbeat('0'), 0);
    for (const id of ['1', '2', '3']) expect(step(s, heartbeat(id), 0)).toEqual([]);
    expect(kinds(step(s, heartbeat('4'), 0))).toEqual(['count', 'pauseReading']);
    expect(kinds(step(s, reply(1), 1))).not.toContain('resumeReading');
    expect(kinds(step(s, reply(2), 1))).toContain('resumeReading');
  });

  it('answers InternalError when the deadline passes and then takes the next call', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    step(s, heartbeat('2'), 500);
    const effects = step(s, { kind: 'gaveUp', seq: 1, why: 'deadline' }, 1_000);
    expect(texts(effects)[0]).toMatch(/^\[4,"1","InternalError"/);
    expect(call(effects)).toMatchObject({ messageId: '2', budgetMs: 500 });
  });

  it('gives up queued calls whose time ran out behind another', () => {
    const s = session();
    for (const id of ['1', '2', '3']) step(s, heartbeat(id), 0);
    const effects = step(s, { kind: 'gaveUp', seq: 1, why: 'deadline' }, 1_000);
    expect(texts(effects)).toHaveLength(3);
    expect(published(effects)).toEqual([]);
    expect(s.pending).toBeUndefined();
  });

  it('forwards a broken transaction message with its violation and sends what the worker says', () => {
    const s = session();
    const effects = step(s, frame('[2,"1","StartTransaction",{"connectorId":"x"}]'), 0);
    expect(texts(effects)).toEqual([]);
    expect(call(effects)?.violation?.code).toMatch(/ConstraintViolation$/);
    const refused = step(s, reply(1, { kind: 'error', code: 'TypeConstraintViolation', description: 'recorded' }), 1);
    expect(texts(refused)).toEqual(['[4,"1","TypeConstraintViolation","recorded",{}]']);
  });

  it('mends for a lenient charger, names the deviation, and refuses for a strict one', () => {
    const text =
      '[2,"1","BootNotification",{"chargePointVendor":" V ","chargePointModel":"M","chargePointSerialNumber":null}]';
    expect(texts(step(session(), frame(text), 0))[0]).toMatch(/^\[4,"1"/);
    const lenient = call(step(session({ lenient: true }), frame(text), 0));
    expect(lenient?.violation).toBeUndefined();
    expect(lenient?.deviations).toContain('null-dropped');
    expect(lenient?.payload).not.toContain('null');
  });

  it('keeps a text byte for byte, big numbers included', () => {
    const payload = '{ "connectorId":1, "transactionId":9223372036854775807,"meterValue":[]}';
    const up = call(step(session({ lenient: true }), frame(`[2, "1", "MeterValues", ${payload} ]`), 0));
    expect(up?.payload).toContain('9223372036854775807');
  });

  it('forwards a SEND without answering it, and answers one that came as CALL with an empty result', () => {
    const payload = '{"id":1,"pending":0,"basetime":"2026-01-01T00:00:00Z","data":[{"t":0,"v":"1"}]}';
    const s = session({ version: '2.1' });
    expect(call(step(s, frame(`[6,"1","NotifyPeriodicEventStream",${payload}]`), 0))?.send).toBe(true);
    expect(texts(step(s, reply(1, { kind: 'noted' }), 1))).toEqual([]);
    const asCall = step(s, frame(`[2,"2","NotifyPeriodicEventStream",${payload}]`), 2);
    expect(call(asCall)?.send).toBe(true);
    expect(counted(asCall)).toEqual(['sendAsCall:']);
    expect(texts(step(s, reply(2, { kind: 'noted' }), 3))).toEqual(['[3,"2",{}]']);
  });

  it('never stays silent when the worker only notes a call', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    expect(texts(step(s, reply(1, { kind: 'noted' }), 1))[0]).toMatch(/^\[4,"1","InternalError"/);
  });
});

describe('a CALL to the charger', () => {
  const answered = (effects: readonly SessionEffect[]) =>
    published(effects).flatMap((up) => (up.kind === 'answer' ? [[up.commandId, up.outcome]] : []));

  it('reaches the socket under the command id, and its answer the worker as it was written', () => {
    const s = session();
    expect(texts(step(s, command('c1'), 0))).toEqual(['[2,"c1","Reset",{"type":"Soft"}]']);
    expect(answered(step(s, frame('[3,"c1",{"status" : "Accepted"}]'), 1))).toEqual([
      ['c1', { kind: 'result', payload: '{"status" : "Accepted"}' }],
    ]);
  });

  it('is served while a call of the charger is pending, and the other way round', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    expect(texts(step(s, command('c1'), 1))).toHaveLength(1);
    expect(answered(step(s, frame('[3,"c1",{"status":"Accepted"}]'), 2))).toHaveLength(1);
    expect(texts(step(s, reply(1), 3))).toEqual(['[3,"1",{"a":1}]']);
  });

  it('carries the error of the charger, spelled as the charger spelled it', () => {
    const s = session();
    step(s, command('c1'), 0);
    expect(answered(step(s, frame('[4,"c1","OccurrenceConstraintViolation","no",{"x":1}]'), 1))).toEqual([
      ['c1', { kind: 'error', code: 'OccurrenceConstraintViolation', description: 'no', details: '{"x":1}' }],
    ]);
  });

  it('is refused as busy while another is outstanding', () => {
    const s = session();
    step(s, command('c1'), 0);
    expect(answered(step(s, command('c2'), 1))).toEqual([['c2', { kind: 'lost', reason: 'busy' }]]);
  });

  it('is sent once however often it arrives', () => {
    const s = session();
    step(s, command('c1'), 0);
    expect(kinds(step(s, command('c1'), 1))).toEqual(['count']);
    step(s, frame('[3,"c1",{"status":"Accepted"}]'), 2);
    expect(kinds(step(s, command('c1'), 3))).toEqual(['count']);
  });

  it('times out, and its late answer is dropped', () => {
    const s = session();
    step(s, command('c1'), 0);
    expect(sweepDueAtMs(s)).toBe(500);
    expect(answered(step(s, { kind: 'sweep' }, 500))).toEqual([['c1', { kind: 'timeout' }]]);
    step(s, command('c2'), 501);
    expect(counted(step(s, frame('[3,"c1",{"status":"Accepted"}]'), 502))).toEqual(['unmatched:result']);
    expect(s.command?.commandId).toBe('c2');
  });

  it('is lost at once when the socket closes, and on a socket that is closing', () => {
    const s = session();
    step(s, command('c1'), 0);
    const effects = step(s, closed, 1);
    expect(answered(effects)).toEqual([['c1', { kind: 'lost', reason: 'closed' }]]);
    expect(answered(step(s, command('c2'), 2))).toEqual([['c2', { kind: 'lost', reason: 'notOpen' }]]);
  });

  it.each([
    ['1.6', []],
    ['2.0.1', []],
    ['2.1', [expect.stringMatching(/^\[5,"c1","/)]],
  ] as const)('whose answer breaks its schema ends as error; only 2.1 tells the charger (%s)', (version, answers) => {
    const s = session({ version });
    step(s, command('c1', 'Reset', version === '1.6' ? '{"type":"Soft"}' : '{"type":"Immediate"}'), 0);
    const effects = step(s, frame('[3,"c1",{"status":7}]'), 1);
    expect(texts(effects)).toEqual(answers);
    expect(answered(effects)).toEqual([
      [
        'c1',
        expect.objectContaining({
          kind: 'error',
          code: 'TypeConstraintViolation',
          details: '{"payload":{"status":7}}',
        }),
      ],
    ]);
  });

  it('ends when its answer is too broken to be read but names it', () => {
    const s = session();
    step(s, command('c1'), 0);
    expect(answered(step(s, frame('[3,"c1",17]'), 1))).toEqual([
      ['c1', expect.objectContaining({ kind: 'error', code: 'FormationViolation' })],
    ]);
  });
});

describe('the end of a session', () => {
  it('delivers calls taken from the socket first and says closed last', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    step(s, heartbeat('2'), 1);
    expect(step(s, closed, 2)).toEqual([]);
    const second = step(s, reply(1), 3);
    expect(texts(second)).toEqual([]);
    expect(call(second)?.messageId).toBe('2');
    expect(published(step(s, reply(2), 4))).toEqual([
      expect.objectContaining({ kind: 'sessionClosed', seq: 3, code: 1006 }),
    ]);
    expect(kinds(step(s, reply(3, { kind: 'noted' }), 5))).toEqual(['ended']);
    expect(step(s, heartbeat('3'), 6)).toEqual([]);
  });

  it('is reached without a worker, too', () => {
    const s = session();
    step(s, closed, 0);
    expect(kinds(step(s, { kind: 'gaveUp', seq: 1, why: 'deadline' }, 1_000))).toEqual(['ended']);
  });

  it('still takes calls from a socket that was told to close', () => {
    const s = session();
    expect(kinds(step(s, { kind: 'close', code: 4001, reason: 'replaced' }, 0))).toEqual(['closeSocket']);
    expect(kinds(step(s, { kind: 'close', code: 4001, reason: 'replaced' }, 0))).toEqual([]);
    expect(call(step(s, heartbeat('1'), 1))?.messageId).toBe('1');
    expect(texts(step(s, reply(1), 2))).toEqual([]);
    const [last] = published(step(s, closed, 3));
    expect(last).toMatchObject({ kind: 'sessionClosed', reason: 'replaced' });
  });

  it('by draining waits for the pending call and takes nothing new', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    expect(kinds(step(s, { kind: 'drain', code: 1001, reason: 'stop' }, 1))).toEqual(['pauseReading']);
    expect(kinds(step(s, reply(1), 2))).toEqual(['sendText', 'callDone', 'closeSocket', 'resumeReading']);
    const idle = session();
    expect(kinds(step(idle, { kind: 'drain', code: 1001, reason: 'stop' }, 1))).toContain('closeSocket');
    for (const closing of [s, idle]) expect(step(closing, heartbeat('2'), 3)).toEqual([]);
  });

  it('by draining sends no CALL any more: its answer would not be read', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    step(s, { kind: 'drain', code: 1012, reason: 'stop' }, 1);
    const effects = step(s, command('c1'), 2);
    expect(texts(effects)).toEqual([]);
    expect(published(effects)).toMatchObject([
      { kind: 'answer', commandId: 'c1', outcome: { kind: 'lost', reason: 'notOpen' } },
    ]);
    expect(kinds(step(s, reply(1), 3))).toContain('closeSocket');
  });

  it('by draining waits for the answer to the CALL it sent, and reads on for it', () => {
    const s = session();
    step(s, command('c1'), 0);
    expect(kinds(step(s, { kind: 'drain', code: 1012, reason: 'stop' }, 1))).toEqual([]);
    // The charger does not know yet, and what it says meanwhile is still taken.
    expect(call(step(s, heartbeat('1'), 2))?.messageId).toBe('1');
    expect(kinds(step(s, frame('[3,"c1",{"status":"Accepted"}]'), 3))).toEqual(['count', 'publish', 'pauseReading']);
    expect(step(s, reply(1), 4)).toContainEqual(expect.objectContaining({ kind: 'closeSocket', code: 1012 }));
  });

  it('ends without a close frame where the model would not come back after one, and answers first', () => {
    const s = session({ closeBy: 'terminate' });
    step(s, heartbeat('1'), 0);
    step(s, { kind: 'drain', code: 1001, reason: 'stop' }, 1);
    const effects = step(s, reply(1), 2);
    expect(kinds(effects).slice(0, 3)).toEqual(['sendText', 'callDone', 'cutSocket']);
    expect(kinds(effects)).not.toContain('closeSocket');
    expect(published(step(s, closed, 3))).toEqual([expect.objectContaining({ kind: 'sessionClosed', reason: 'stop' })]);
  });

  it('closes with 1007 on a frame that is not UTF-8', () => {
    expect(step(session(), { kind: 'unreadable' }, 0)).toContainEqual(
      expect.objectContaining({ kind: 'closeSocket', code: 1007 }),
    );
  });
});

describe('a cut socket', () => {
  it('is not written to again, and its calls are still delivered', () => {
    const s = session();
    step(s, heartbeat('1'), 0);
    expect(step(s, { kind: 'cut', reason: 'slowReader' }, 1)).toEqual([{ kind: 'cutSocket', reason: 'slowReader' }]);
    expect(texts(step(s, reply(1), 2))).toEqual([]);
    expect(texts(step(s, frame('[2,"2","Nope",{}]'), 3))).toEqual([]);
    expect(published(step(s, closed, 4))).toEqual([
      expect.objectContaining({ kind: 'sessionClosed', reason: 'slowReader' }),
    ]);
  });
});

describe('liveness', () => {
  it('pings after silence, once per interval, and any traffic counts as life', () => {
    const s = session();
    expect(sweepDueAtMs(s)).toBe(3_000);
    expect(kinds(step(s, { kind: 'sweep' }, 3_000))).toEqual(['ping']);
    expect(sweepDueAtMs(s)).toBe(6_000);
    step(s, { kind: 'heard' }, 5_000);
    expect(sweepDueAtMs(s)).toBe(8_000);
  });

  it('cuts a socket nothing was heard from, but not one that is not being read', () => {
    const s = session();
    expect(kinds(step(s, { kind: 'sweep' }, 10_000))).toEqual(['cutSocket']);
    const paused = session();
    for (const id of ['0', '1', '2', '3', '4']) step(paused, heartbeat(id), 0);
    expect(paused.paused).toBe(true);
    expect(kinds(step(paused, { kind: 'sweep' }, 10_000))).toEqual(['ping']);
  });
});
