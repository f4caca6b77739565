/** The queue of one charger as a machine: tables for each step, and a property over random lives. */

import { type CommandsState, NO_COMMANDS, type QueuedCommand, type SentCommand } from '@voltlane/charger-state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as queue from '../../src/commands/command-queue.ts';
import { AWAY, CommandLife, command, FACTS, type Happening, NOW_MS, proceed, SESSION } from './command-life.ts';

function sent(id: string, more: Partial<SentCommand> = {}): SentCommand {
  return { ...command(id), sessionId: 's1', edgeId: 'e1', sentAtMs: NOW_MS, ...more };
}

function waiting(...commands: readonly QueuedCommand[]): CommandsState {
  return { ...NO_COMMANDS, queue: commands };
}

function endings({ ended }: queue.QueueStep): readonly (readonly [string, string, boolean])[] {
  return ended.map(({ command: { id }, ending: { outcome, sent: left } }) => [id, outcome, left]);
}

describe('what is sent next', () => {
  it.each<[string, CommandsState, Partial<queue.QueueFacts>, string | undefined]>([
    ['the first of equals', waiting(command('a'), command('b')), {}, 'a'],
    [
      'the highest priority',
      waiting(command('a', { priority: 0 }), command('b'), command('c', { priority: 9 })),
      {},
      'c',
    ],
    ['nothing while one is unanswered', { ...waiting(command('a')), sent: sent('x') }, {}, undefined],
    ['nothing while the charger is away', waiting(command('a')), { session: undefined }, undefined],
    ['nothing while it is to be quiet', waiting(command('a')), { quietUntilMs: NOW_MS + 1 }, undefined],
    ['something when the quiet is over', waiting(command('a')), { quietUntilMs: NOW_MS }, 'a'],
    ['nothing over a session that is held', waiting(command('a')), { heldSession: 's1' }, undefined],
    ['something over the session after it', waiting(command('a')), { heldSession: 's0' }, 'a'],
    ['not what has expired', waiting(command('a', { expiresAtMs: NOW_MS }), command('b')), {}, 'b'],
    [
      'not what the boot state forbids',
      waiting(command('a', { action: 'RemoteStartTransaction' }), command('b')),
      { registration: 'Pending' },
      'b',
    ],
    ['nothing to a rejected charger', waiting(command('a')), { registration: 'Rejected' }, undefined],
  ])('is %s', (_what, commands, facts, expected) => {
    expect(queue.nextToSend(queue.unchanged(commands), { ...FACTS, ...facts })?.id).toBe(expected);
  });
});

describe('a new command', () => {
  it('is sent at once when nothing is in the way, and the state says so', () => {
    const step = proceed(queue.enqueue(NO_COMMANDS, command('a')), FACTS);
    expect(step.send).toEqual({ ...command('a'), sessionId: 's1', edgeId: 'e1', sentAtMs: NOW_MS, sends: 1 });
    expect(step.commands).toEqual({ ...NO_COMMANDS, sent: step.send });
  });

  it('ends those that wait under its key, not the one that was sent', () => {
    const key = { coalesceKey: 'k' };
    const before = { ...waiting(command('a', key), command('b', { coalesceKey: 'l' })), sent: sent('x', key) };
    const step = queue.enqueue(before, command('c', key));
    expect(endings(step)).toEqual([['a', 'superseded', false]]);
    expect(step.commands.queue.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(step.commands.sent?.id).toBe('x');
    expect(queue.lengthWith(before, 'k')).toBe(2);
    expect(queue.lengthWith(before, 'new')).toBe(3);
    expect(queue.lengthWith(before, undefined)).toBe(3);
  });

  it.each([
    [false, [['a', 'offline', false]]],
    [true, []],
  ])('to a charger that is away, when it may wait: %s', (waitsOffline, expected) => {
    const step = proceed(queue.enqueue(NO_COMMANDS, command('a', { waitsOffline })), AWAY);
    expect(endings(step)).toEqual(expected);
    expect(step.send).toBeUndefined();
  });
});

describe('time and connection', () => {
  const other = { ...SESSION, id: 's2' };
  it.each<[string, Partial<queue.QueueFacts>, readonly (readonly [string, string, boolean])[]]>([
    ['nothing before its time', { nowMs: NOW_MS + 34_999 }, []],
    ['its time and the grace of the edge are over', { nowMs: NOW_MS + 35_000 }, [['x', 'timeout', true]]],
    ['the charger is away', { session: undefined }, [['x', 'offline', true]]],
    ['a newer connection is fresh', { session: other, newestOpenedMs: NOW_MS, nowMs: NOW_MS + 2_999 }, []],
    [
      'a newer connection has been there for a while',
      { session: other, newestOpenedMs: NOW_MS, nowMs: NOW_MS + 3_000 },
      [['x', 'offline', true]],
    ],
  ])('end the sent one: %s', (_what, facts, expected) => {
    const before: CommandsState = { ...NO_COMMANDS, sent: sent('x') };
    const step = proceed(queue.unchanged(before), { ...FACTS, ...facts });
    expect(endings(step)).toEqual(expected);
    if (expected.length === 0) expect(step.commands).toBe(before);
  });

  it('end what waits: expired, or offline when it may not wait', () => {
    const commands = waiting(
      command('a', { expiresAtMs: NOW_MS }),
      command('b', { waitsOffline: false }),
      command('c'),
    );
    expect(endings(proceed(queue.unchanged(commands), AWAY))).toEqual([
      ['a', 'expired', false],
      ['b', 'offline', false],
    ]);
  });

  it.each<[string, CommandsState, Partial<queue.QueueFacts>, number | undefined]>([
    ['never with nothing open', NO_COMMANDS, {}, undefined],
    ['when the first of the queue expires', waiting(command('a'), command('b', { expiresAtMs: NOW_MS + 5 })), {}, 5],
    ['when the sent one is lost', { ...NO_COMMANDS, sent: sent('x') }, {}, 35_000],
    ['when the quiet is over', waiting(command('a')), { quietUntilMs: NOW_MS + 7 }, 7],
    [
      'when the replaced connection has had its time',
      { ...NO_COMMANDS, sent: sent('x') },
      { session: other, newestOpenedMs: NOW_MS },
      3_000,
    ],
  ])('are due %s', (_what, commands, facts, inMs) => {
    const due = queue.dueAtMs(commands, { ...FACTS, ...facts });
    expect(due).toBe(inMs === undefined ? undefined : NOW_MS + inMs);
  });
});

describe('the word of the edge', () => {
  it('ends the command it is about and no other', () => {
    const before: CommandsState = { ...waiting(command('a')), sent: sent('x') };
    expect(queue.settle(before, 'nobody', { outcome: 'accepted', sent: true }, FACTS)).toBeUndefined();
    const step = queue.settle(before, 'x', { outcome: 'accepted', sent: true }, FACTS);
    expect(step?.commands).toEqual(waiting(command('a')));
  });

  it('that it was not sent puts it back in front, as it was', () => {
    const before: CommandsState = { ...waiting(command('a')), sent: sent('x') };
    expect(queue.unsend(before, 'a')).toBeUndefined();
    expect(queue.unsend(before, 'x')?.commands).toEqual(waiting(command('x'), command('a')));
  });

  it('counts timeouts in a row, and gives the connection up at the limit', () => {
    let commands: CommandsState = NO_COMMANDS;
    const answer = (outcome: 'timeout' | 'callError' | 'accepted', facts = FACTS): queue.QueueStep => {
      const step = queue.settle({ ...commands, sent: sent('x') }, 'x', { outcome, sent: true }, facts);
      if (step === undefined) throw new Error('x was sent');
      commands = step.commands;
      return step;
    };
    expect([answer('timeout'), answer('timeout')].map(({ unresponsiveAfter }) => unresponsiveAfter)).toEqual([
      undefined,
      undefined,
    ]);
    // Any answer starts the count anew, an error too.
    answer('callError');
    expect(commands.timeouts).toBe(0);
    expect([answer('timeout'), answer('timeout'), answer('timeout')].at(-1)?.unresponsiveAfter).toBe(3);
    expect(commands.timeouts).toBe(0);
    const never = { ...FACTS, timeoutsMax: 0 };
    for (let n = 0; n < 5; n += 1) expect(answer('timeout', never).unresponsiveAfter).toBeUndefined();
  });
});

describe('taking back', () => {
  it('works for what waits and for nothing else', () => {
    const before: CommandsState = { ...waiting(command('a'), command('b')), sent: sent('x') };
    const step = queue.cancel(before, 'a');
    expect(step === undefined ? [] : endings(step)).toEqual([['a', 'cancelled', false]]);
    expect(step?.commands.queue.map(({ id }) => id)).toEqual(['b']);
    expect(queue.cancel(before, 'x')).toBeUndefined();
    expect(queue.cancel(before, 'nobody')).toBeUndefined();
  });
});

describe('a command that does not fit the charger any more', () => {
  it('ends as callError unsent, and the queue goes on', () => {
    const fault = { code: 'NotSupported', description: 'no such action', details: '{}' };
    const commands = waiting(command('a'), command('b'));
    const step = queue.advance(commands, FACTS, commands.queue[0], fault);
    expect(endings(step)).toEqual([['a', 'callError', false]]);
    expect(step.send).toBeUndefined();
    expect(proceed(queue.unchanged(step.commands), FACTS).send?.id).toBe('b');
  });
});

/** Weighted so that commands are mostly sent and answered: what is rare must not keep everything else from happening. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      more: fc.record({
        priority: fc.nat(9),
        coalesceKey: fc.option(fc.constantFrom('k', 'l'), { nil: undefined, freq: 1 }),
        waitsOffline: fc.boolean(),
        expiresAtMs: fc.integer({ min: NOW_MS, max: NOW_MS + 1_000_000 }),
        action: fc.constantFrom('ClearCache', 'Reset', 'RemoteStartTransaction'),
      }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      outcome: fc.constantFrom('accepted', 'rejected', 'callError', 'offline', 'timeout', 'timeout', 'timeout'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('connect' as const, 'lateAnswer' as const, 'unsent' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disconnect' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), place: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('boot' as const),
      registration: fc.constantFrom('Accepted', 'Accepted', 'None', 'Pending', 'Rejected'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  },
);

describe('whatever happens', () => {
  it('one command is out at a time, each ends once, and none that left is queued again unless it did not leave', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const life = new CommandLife();
        for (const one of happenings) life.happen(one);
        life.rest();
        expect(life.violations).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
