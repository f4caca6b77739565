import { createFakeClock } from '@voltlane/time';
import { partitionId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { ActorBehaviour, FailureAnswer, HostOptions } from '../src/index.ts';
import { ActorHost } from '../src/index.ts';

const P0 = partitionId(0);
const P1 = partitionId(1);
const OPTIONS: HostOptions = { mailboxMessagesMax: 4, actorsMax: 100, idleMs: 1000, sweepMs: 500 };

interface Gate {
  readonly open: () => void;
  readonly fail: (cause: unknown) => void;
  readonly opened: Promise<void>;
}

function gate(): Gate {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { open: resolve, fail: reject, opened: promise };
}

/** Waits until everything that needs no timer has run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A behaviour that writes down what it does; messages named `wait…` hang on a gate, `throw…` fail. */
class Recorder implements ActorBehaviour<{ key: string }, string> {
  readonly log: string[] = [];
  readonly gates = new Map<string, Gate>();
  answer: FailureAnswer = { kind: 'drop' };
  activationFails = 0;
  inHand = 0;
  inHandMax = 0;
  readonly idled: string[] = [];
  /** Keys whose actors have something going on elsewhere. */
  readonly held = new Set<string>();

  async activate(key: string): Promise<{ key: string }> {
    await Promise.resolve();
    if (this.activationFails > 0) {
      this.activationFails -= 1;
      throw new Error('activation');
    }
    this.log.push(`activate ${key}`);
    return { key };
  }

  receive(actor: { key: string }, message: string): Promise<void> | void {
    if (message.startsWith('throw')) {
      this.log.push(`${actor.key} throws ${message}`);
      throw new Error(message);
    }
    this.log.push(`${actor.key} ${message}`);
    if (!message.startsWith('wait')) return undefined;
    const here = gate();
    this.gates.set(message, here);
    this.inHand += 1;
    this.inHandMax = Math.max(this.inHandMax, this.inHand);
    return here.opened.finally(() => {
      this.inHand -= 1;
      this.log.push(`${actor.key} done ${message}`);
    });
  }

  idle(actor: { key: string }): void {
    this.idled.push(`${actor.key} after ${this.log.at(-1)}`);
  }

  mayPassivate(actor: { key: string }): boolean {
    return !this.held.has(actor.key);
  }

  failed(key: string, message: string, attempt: number): FailureAnswer {
    this.log.push(`${key} failed ${message} attempt ${attempt}`);
    return attempt >= 3 ? { kind: 'drop' } : this.answer;
  }
}

function host(options: Partial<HostOptions> = {}): {
  behaviour: Recorder;
  subject: ActorHost<{ key: string }, string>;
  clock: ReturnType<typeof createFakeClock>;
} {
  const behaviour = new Recorder();
  const clock = createFakeClock();
  const subject = new ActorHost(behaviour, { ...OPTIONS, ...options }, clock);
  subject.open(P0);
  return { behaviour, subject, clock };
}

describe('an actor', () => {
  it('handles its messages one at a time, in the order they were accepted', async () => {
    const { behaviour, subject } = host();
    for (const message of ['wait1', 'two', 'three']) expect(subject.deliver(P0, 'A', message)).toBe('accepted');
    await settle();
    expect(behaviour.log).toEqual(['activate A', 'A wait1']);
    behaviour.gates.get('wait1')?.open();
    await settle();
    expect(behaviour.log).toEqual(['activate A', 'A wait1', 'A done wait1', 'A two', 'A three']);
    expect(subject.stats()).toMatchObject({ busy: 0, waiting: 0, actors: 1 });
  });

  it('keeps the order when messages arrive while it is being activated', async () => {
    const { behaviour, subject } = host();
    subject.deliver(P0, 'A', 'one');
    subject.deliver(P0, 'A', 'two');
    await settle();
    subject.deliver(P0, 'A', 'three');
    expect(behaviour.log).toEqual(['activate A', 'A one', 'A two', 'A three']);
  });

  it('is told that it is idle once nothing waits, and not when its memory is gone', async () => {
    const { behaviour, subject } = host();
    for (const message of ['wait1', 'two', 'three']) subject.deliver(P0, 'A', message);
    await settle();
    expect(behaviour.idled).toEqual([]);
    behaviour.gates.get('wait1')?.open();
    await settle();
    subject.deliver(P0, 'A', 'four');
    subject.deliver(P0, 'A', 'throw');
    await settle();
    expect(behaviour.idled).toEqual(['A after A three', 'A after A four']);
  });

  it('that is slow delays no other', async () => {
    const { behaviour, subject } = host();
    subject.deliver(P0, 'A', 'wait');
    subject.deliver(P0, 'B', 'one');
    await settle();
    expect(behaviour.log).toContain('B one');
    expect(behaviour.log).not.toContain('A done wait');
  });

  it('refuses a message beyond its mailbox limit and goes on with those it accepted', async () => {
    const { behaviour, subject } = host({ mailboxMessagesMax: 2 });
    subject.deliver(P0, 'A', 'wait');
    await settle();
    expect(['1', '2', '3'].map((message) => subject.deliver(P0, 'A', message))).toEqual([
      'accepted',
      'accepted',
      'full',
    ]);
    behaviour.gates.get('wait')?.open();
    await settle();
    expect(behaviour.log.slice(-2)).toEqual(['A 1', 'A 2']);
    expect(subject.stats().refused).toBe(1);
  });
});

describe('the actors of a partition', () => {
  it('are those in memory, and nobody else', async () => {
    const { subject } = host();
    subject.deliver(P0, 'A', 'one');
    subject.deliver(P0, 'B', 'wait');
    expect([...subject.actorsOf(P0)]).toEqual([]);
    await settle();
    expect([...subject.actorsOf(P0)]).toEqual([{ key: 'A' }, { key: 'B' }]);
    expect([...subject.actorsOf(P1)]).toEqual([]);
    subject.drop(P0);
    expect([...subject.actorsOf(P0)]).toEqual([]);
  });
});

describe('a failure', () => {
  it('forgets the actor, tries the message again ahead of those behind it, and goes on', async () => {
    const { behaviour, subject, clock } = host();
    behaviour.answer = { kind: 'retry', delayMs: 50 };
    subject.deliver(P0, 'A', 'throw');
    subject.deliver(P0, 'A', 'next');
    await settle();
    expect(behaviour.log).toEqual(['activate A', 'A throws throw', 'A failed throw attempt 1']);
    clock.advance(50);
    await settle();
    clock.advance(50);
    await settle();
    expect(behaviour.log.slice(3)).toEqual([
      'activate A',
      'A throws throw',
      'A failed throw attempt 2',
      'activate A',
      'A throws throw',
      'A failed throw attempt 3',
      'activate A',
      'A next',
    ]);
    expect(subject.stats()).toMatchObject({ busy: 0, waiting: 0, retries: 2 });
  });

  it('of an activation counts as a failure of the message', async () => {
    const { behaviour, subject, clock } = host();
    behaviour.activationFails = 1;
    behaviour.answer = { kind: 'retry', delayMs: 10 };
    subject.deliver(P0, 'A', 'one');
    await settle();
    clock.advance(10);
    await settle();
    expect(behaviour.log).toEqual(['A failed one attempt 1', 'activate A', 'A one']);
  });

  it('of a synchronous handler leaves the counts right', async () => {
    const { subject } = host();
    subject.deliver(P0, 'A', 'one');
    await settle();
    subject.deliver(P0, 'A', 'throw');
    await settle();
    subject.deliver(P0, 'A', 'two');
    await settle();
    expect(subject.stats()).toMatchObject({ busy: 0, waiting: 0, actors: 1 });
  });

  it('of an asynchronous handler leaves the counts right', async () => {
    const { behaviour, subject } = host();
    subject.deliver(P0, 'A', 'wait');
    subject.deliver(P0, 'A', 'two');
    await settle();
    behaviour.gates.get('wait')?.fail(new Error('broken'));
    await settle();
    expect(behaviour.log.slice(-3)).toEqual(['A failed wait attempt 1', 'activate A', 'A two']);
    expect(subject.stats()).toMatchObject({ busy: 0, waiting: 0 });
  });
});

describe('passivation', () => {
  it('removes actors that were idle long enough and activates them again when needed', async () => {
    const { behaviour, subject, clock } = host();
    subject.start();
    subject.deliver(P0, 'A', 'one');
    await settle();
    clock.advance(2000);
    expect(subject.stats()).toMatchObject({ actors: 0, passivations: 1 });
    subject.deliver(P0, 'A', 'two');
    await settle();
    expect(behaviour.log).toEqual(['activate A', 'A one', 'activate A', 'A two']);
    subject.stop();
  });

  it('looks at a part of the partitions at a time, and at all of them within a sweep', async () => {
    const { subject, clock } = host();
    const partitions = Array.from({ length: 40 }, (_, index) => partitionId(index));
    for (const partition of partitions) {
      subject.open(partition);
      subject.deliver(partition, `in ${partition}`, 'one');
    }
    await settle();
    clock.advance(OPTIONS.idleMs);
    subject.start();
    const left: number[] = [];
    for (let part = 0; part < 20; part += 1) {
      clock.advance(OPTIONS.sweepMs / 20);
      left.push(subject.stats().actors);
    }
    expect(left).toEqual(Array.from({ length: 20 }, (_, part) => 38 - 2 * part));
    subject.stop();
  });

  it('looks no seldomer at few partitions, and goes on when some were closed', async () => {
    const { subject, clock } = host();
    subject.start();
    for (let round = 0; round < 5; round += 1) {
      subject.deliver(P0, `round ${round}`, 'one');
      await settle();
      clock.advance(OPTIONS.idleMs + OPTIONS.sweepMs);
      expect(subject.stats().actors).toBe(0);
    }
    subject.drop(P0);
    clock.advance(OPTIONS.sweepMs);
    subject.open(P0);
    subject.deliver(P0, 'again', 'one');
    await settle();
    clock.advance(OPTIONS.idleMs + OPTIONS.sweepMs);
    expect(subject.stats()).toMatchObject({ actors: 0, passivations: 6 });
    subject.stop();
  });

  it('never takes an actor with a message in hand', async () => {
    const { subject, clock } = host();
    subject.start();
    subject.deliver(P0, 'A', 'wait');
    await settle();
    clock.advance(10_000);
    expect(subject.stats().actors).toBe(1);
    subject.stop();
  });

  it('never takes an actor that has something going on outside its mailbox, neither by age nor for room', async () => {
    const { behaviour, subject, clock } = host({ actorsMax: 1 });
    subject.start();
    subject.deliver(P0, 'A', 'one');
    await settle();
    behaviour.held.add('A');
    clock.advance(10_000);
    expect(subject.stats().actors).toBe(1);
    expect(subject.deliver(P0, 'B', 'one')).toBe('full');
    behaviour.held.clear();
    expect(subject.deliver(P0, 'B', 'one')).toBe('accepted');
    subject.stop();
  });

  it('makes room when the host is full, and refuses when nobody is idle', async () => {
    const { subject } = host({ actorsMax: 2 });
    subject.deliver(P0, 'A', 'wait');
    subject.deliver(P0, 'B', 'one');
    await settle();
    expect(subject.deliver(P0, 'C', 'wait')).toBe('accepted');
    await settle();
    expect(subject.deliver(P0, 'D', 'one')).toBe('full');
    expect(subject.stats().actors).toBe(2);
  });
});

describe('a partition', () => {
  it('that is not open takes nothing', () => {
    const { subject } = host();
    expect(subject.deliver(P1, 'A', 'one')).toBe('not-owned');
  });

  it('drains: takes nothing new, finishes what it accepted, then is closed', async () => {
    const { behaviour, subject } = host();
    subject.deliver(P0, 'A', 'wait');
    subject.deliver(P0, 'A', 'two');
    await settle();
    let drained = false;
    const draining = subject.drain(P0).then(() => {
      drained = true;
    });
    expect(subject.deliver(P0, 'A', 'three')).toBe('not-owned');
    await settle();
    expect(drained).toBe(false);
    behaviour.gates.get('wait')?.open();
    await draining;
    expect(behaviour.log.at(-1)).toBe('A two');
    expect(subject.stats()).toMatchObject({ actors: 0, busy: 0, waiting: 0 });
  });

  it('drains at once when nothing is going on, or when it was never open', async () => {
    const { subject } = host();
    await subject.drain(P0);
    await subject.drain(P1);
    expect(subject.stats().actors).toBe(0);
  });

  it('drops: what waits is forgotten, what is in hand has no successor, others live on', async () => {
    const { behaviour, subject } = host();
    subject.open(P1);
    subject.deliver(P0, 'A', 'wait');
    subject.deliver(P0, 'A', 'two');
    subject.deliver(P1, 'B', 'one');
    await settle();
    subject.drop(P0);
    behaviour.gates.get('wait')?.open();
    await settle();
    expect(behaviour.log).not.toContain('A two');
    expect(subject.stats()).toMatchObject({ actors: 1, busy: 0, waiting: 0 });
    subject.deliver(P1, 'B', 'two');
    expect(behaviour.log.at(-1)).toBe('B two');
  });

  it('that is opened again starts with fresh actors', async () => {
    const { behaviour, subject } = host();
    subject.deliver(P0, 'A', 'one');
    await settle();
    subject.drop(P0);
    subject.open(P0);
    subject.deliver(P0, 'A', 'two');
    await settle();
    expect(behaviour.log).toEqual(['activate A', 'A one', 'activate A', 'A two']);
  });
});

describe('many actors', () => {
  it('each see their own messages in order, with never more than one in hand', async () => {
    const seen = new Map<string, number[]>();
    const inHand = new Map<string, number>();
    let overlapped = 0;
    const behaviour: ActorBehaviour<{ key: string }, number> = {
      activate: (key) => Promise.resolve({ key }),
      receive: async (actor, message) => {
        const now = (inHand.get(actor.key) ?? 0) + 1;
        if (now > 1) overlapped += 1;
        inHand.set(actor.key, now);
        for (let turn = 0; turn < message % 4; turn += 1) await Promise.resolve();
        seen.set(actor.key, [...(seen.get(actor.key) ?? []), message]);
        inHand.set(actor.key, now - 1);
      },
      failed: () => ({ kind: 'drop' }),
    };
    const subject = new ActorHost(behaviour, { ...OPTIONS, mailboxMessagesMax: 1000 }, createFakeClock());
    subject.open(P0);
    for (let message = 0; message < 200; message += 1) {
      for (const key of ['A', 'B', 'C', 'D', 'E']) subject.deliver(P0, key, message);
      if (message % 7 === 0) await Promise.resolve();
    }
    for (let turn = 0; turn < 400; turn += 1) await settle();
    expect(overlapped).toBe(0);
    for (const key of ['A', 'B', 'C', 'D', 'E'])
      expect(seen.get(key)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });
});
