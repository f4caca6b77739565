/** Each invariant is shown a history with its fault planted, and the same history without. */
import type { ChargerEvent } from '@voltlane/charger';
import type { EventKind, EventRecord } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { CreateInvariant, Ending, Invariant, Levels, LinkView, Recorded } from '../src/invariant.ts';
import { frameHead } from '../src/invariant.ts';
import { INVARIANTS } from '../src/invariants/all.ts';
import { boundedMemory } from '../src/invariants/bounded-memory.ts';
import { callsAnswered } from '../src/invariants/calls-answered.ts';
import { convergence } from '../src/invariants/convergence.ts';
import { effectsOnce } from '../src/invariants/effects-once.ts';
import { errorsHaveCauses } from '../src/invariants/errors-have-causes.ts';
import { history } from '../src/invariants/history.ts';
import { newestSocket } from '../src/invariants/newest-socket.ts';
import { noAcknowledgedLoss } from '../src/invariants/no-acknowledged-loss.ts';
import { oneEpoch } from '../src/invariants/one-epoch.ts';
import { oneOutstandingCall } from '../src/invariants/one-outstanding-call.ts';
import { orderPerCharger } from '../src/invariants/order-per-charger.ts';
import { singleActor } from '../src/invariants/single-actor.ts';

/** What an invariant says about a history. */
function said(create: CreateInvariant, play: (invariant: Invariant) => void): readonly string[] {
  const texts: string[] = [];
  play(create((_charger, text) => texts.push(text)));
  return texts;
}

interface Event {
  readonly id?: string;
  readonly kind: EventKind;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Draft {
  readonly sequence?: number;
  readonly session?: string;
  readonly messageId?: string;
  readonly action?: string;
  readonly payload?: unknown;
  readonly epoch?: number;
  readonly events?: readonly Event[];
  readonly stateChars?: number;
}

let sequence = 0;

function recorded(draft: Draft): Recorded {
  sequence += 1;
  const { messageId, action = 'StatusNotification' } = draft;
  const record: EventRecord = {
    v: 1,
    tenant: 'default',
    charger: 'CP1',
    recordedAt: '2026-01-01T00:00:00.000Z',
    session: draft.session ?? 's1',
    events: (draft.events ?? []).map(({ id, kind, data }) => ({
      id: id ?? `e${sequence}`,
      kind,
      at: '2026-01-01T00:00:00.000Z',
      data: data ?? {},
    })),
    ...(messageId === undefined
      ? {}
      : {
          source: {
            version: '1.6' as const,
            action,
            messageId,
            receivedAt: '2026-01-01T00:00:00.000Z',
            payload: draft.payload ?? { messageId },
          },
        }),
  };
  return {
    sequence: draft.sequence ?? sequence,
    charger: 'CP1',
    class: 'state',
    worker: 'worker-0-1',
    epoch: draft.epoch ?? 1,
    partition: 3,
    stateChars: draft.stateChars ?? 100,
    record,
  };
}

function sent(messageId: string, action: string = 'StatusNotification', payloadText: string = messageId): ChargerEvent {
  return { atMs: 0, kind: 'sent', messageId, action, payloadText };
}

function answered(messageId: string, action: string): ChargerEvent {
  return { atMs: 0, kind: 'answered', messageId, action, payloadText: '{}', tookMs: 1 };
}

const LINK: LinkView = { id: 1, charger: 'CP1', edge: 'edge-0', session: 's1', chargerOpen: true, edgeOpen: true };

function levels(read: Readonly<Record<string, number>>, timers: number = 10): Levels {
  const metrics = new Map(Object.entries(read).map(([name, value]) => [name, () => value]));
  return { chargers: 1, nodes: new Map([['edge-0-1', metrics]]), underWay: 0, dropped: 0, timers };
}

const RESTING: Ending = {
  chargers: [
    { charger: 'CP1', online: true, registration: 'Accepted', undelivered: 0, session: 's1', socketsAtEdges: 1 },
  ],
  sessions: [],
  levels: levels({}),
};

describe('invariants', () => {
  it('have names and sentences of their own', () => {
    const all = INVARIANTS.map((create) => create(() => undefined));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { sentence } of all) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('read the heads of frames', () => {
    expect(frameHead('[2,"a\\"b","Heartbeat",{}]')).toEqual({ type: 'call', messageId: 'a\\"b', action: 'Heartbeat' });
    expect(frameHead('[3,"x",{}]')).toMatchObject({ type: 'result', messageId: 'x' });
    expect(frameHead('[4,"x","GenericError","",{}]')).toMatchObject({ type: 'error', messageId: 'x' });
    expect(frameHead('[6,"x","NotifyPeriodicEventStream",{}]').type).toBe('other');
  });
});

describe('order-per-charger', () => {
  const play = (first: string, second: string, session: string): readonly string[] =>
    said(orderPerCharger, (invariant) => {
      invariant.believed?.('CP1', sent('a'));
      invariant.believed?.('CP1', sent('b'));
      invariant.recorded?.(recorded({ messageId: first }));
      invariant.recorded?.(recorded({ messageId: second, session }));
    });

  it('finds a record after one of a later message, in one session', () => {
    expect(play('a', 'b', 's1')).toEqual([]);
    expect(play('b', 'a', 's2')).toEqual([]);
    expect(play('b', 'a', 's1')).toHaveLength(1);
  });

  it('finds a record of what was never sent', () => {
    expect(play('a', 'z', 's1')).toHaveLength(1);
  });
});

describe('no-acknowledged-loss', () => {
  const play = (record: string | undefined): readonly string[] =>
    said(noAcknowledgedLoss, (invariant) => {
      invariant.believed?.('CP1', sent('a', 'StopTransaction', 'same'));
      invariant.believed?.('CP1', sent('b', 'StopTransaction', 'same'));
      if (record !== undefined) invariant.recorded?.(recorded({ messageId: record, action: 'StopTransaction' }));
      invariant.believed?.('CP1', answered('b', 'StopTransaction'));
    });

  it('finds an answer before the record, and takes a record of the same content for it', () => {
    expect(play(undefined)).toHaveLength(1);
    expect(play('other')).toHaveLength(1);
    expect(play('a')).toEqual([]);
    expect(play('b')).toEqual([]);
  });
});

describe('effects-once', () => {
  const twice = (first: Draft, second: Draft): readonly string[] =>
    said(effectsOnce, (invariant) => {
      invariant.recorded?.(recorded(first));
      invariant.recorded?.(recorded(second));
    });
  const start = (transactionKey: string): Event => ({ kind: 'transaction.started', data: { transactionKey } });

  it('finds a message, an event id, a content and a start that are there twice', () => {
    expect(twice({ messageId: 'a' }, { messageId: 'b' })).toEqual([]);
    expect(twice({ messageId: 'a' }, { messageId: 'a' })).toHaveLength(1);
    expect(twice({ messageId: 'a' }, { messageId: 'a', session: 's2' })).toEqual([]);
    expect(
      twice({ events: [{ id: 'x', kind: 'data.transfer' }] }, { events: [{ id: 'x', kind: 'data.transfer' }] }),
    ).toHaveLength(1);
    expect(twice({ events: [start('k')] }, { events: [start('k')] })).toHaveLength(1);
    const content = { action: 'StartTransaction', payload: { connectorId: 1 } };
    expect(
      twice({ ...content, messageId: 'a', events: [start('k')] }, { ...content, messageId: 'b', events: [start('l')] }),
    ).toHaveLength(1);
  });
});

describe('one-epoch', () => {
  it('finds a record under a lower epoch, and one under none', () => {
    const after = (epoch: number): readonly string[] =>
      said(oneEpoch, (invariant) => {
        invariant.recorded?.(recorded({ epoch: 5 }));
        invariant.recorded?.(recorded({ epoch }));
      });
    expect(after(5)).toEqual([]);
    expect(after(6)).toEqual([]);
    expect(after(4)).toHaveLength(1);
    expect(after(0).length).toBeGreaterThan(0);
  });

  it('finds an edge that acts on a lower epoch than it has seen', () => {
    const acts = (epoch: number): readonly string[] =>
      said(oneEpoch, (invariant) => {
        invariant.downlink?.({ edge: 'e', partition: 1, epoch: 5 });
        invariant.acted?.({ edge: 'e', partition: 1, epoch });
      });
    expect(acts(5)).toEqual([]);
    expect(acts(4)).toHaveLength(1);
  });
});

describe('single-actor', () => {
  it('finds a worker that acts after another has the partition', () => {
    const acts = (epoch: number): readonly string[] =>
      said(singleActor, (invariant) => {
        invariant.acting?.({ worker: 'w', partition: 1, epoch, newestEpoch: 5, what: 'append' });
      });
    expect(acts(5)).toEqual([]);
    expect(acts(4)).toHaveLength(1);
  });
});

describe('calls-answered', () => {
  const play = (...frames: readonly (readonly ['up' | 'down', string])[]): readonly string[] =>
    said(callsAnswered, (invariant) => {
      for (const [way, text] of frames) invariant.frame?.(LINK, way, frameHead(text), 0);
    });

  it('finds a second answer and one nobody asked for, each way', () => {
    expect(play(['up', '[2,"a","Heartbeat",{}]'], ['down', '[3,"a",{}]'])).toEqual([]);
    expect(play(['up', '[2,"a","Heartbeat",{}]'], ['down', '[3,"a",{}]'], ['down', '[3,"a",{}]'])).toHaveLength(1);
    expect(play(['down', '[3,"a",{}]'])).toHaveLength(1);
    expect(play(['down', '[2,"a","Reset",{}]'], ['up', '[4,"a","NotSupported","",{}]'])).toEqual([]);
    expect(play(['up', '[2,"a","Heartbeat",{}]'], ['up', '[3,"a",{}]'])).toHaveLength(1);
  });
});

describe('one-outstanding-call', () => {
  const play = (answer: boolean, afterMs: number): readonly string[] =>
    said(oneOutstandingCall, (invariant) => {
      invariant.frame?.(LINK, 'down', frameHead('[2,"a","Reset",{}]'), 0);
      if (answer) invariant.frame?.(LINK, 'up', frameHead('[3,"a",{}]'), 1);
      invariant.frame?.(LINK, 'down', frameHead('[2,"b","Reset",{}]'), afterMs);
    });

  it('finds a second CALL before the answer, unless the first has timed out', () => {
    expect(play(true, 2)).toEqual([]);
    expect(play(false, 2)).toHaveLength(1);
    expect(play(false, 60_000)).toEqual([]);
  });
});

describe('newest-socket', () => {
  const play = (closedFirst: boolean, reason: string): readonly string[] =>
    said(newestSocket, (invariant) => {
      invariant.link?.(LINK, 'opened', 0);
      invariant.recorded?.(recorded({ events: [{ kind: 'charger.connected', data: { session: 's1' } }] }));
      if (closedFirst) invariant.link?.(LINK, 'edgeClosed', 1);
      invariant.recorded?.(recorded({ events: [{ kind: 'charger.disconnected', data: { session: 's1', reason } }] }));
    });

  it('finds the end of a session whose socket is open', () => {
    expect(play(true, '')).toEqual([]);
    expect(play(false, 'replaced')).toEqual([]);
    expect(play(false, '')).toHaveLength(1);
  });

  it('finds an older session that takes the place of a newer, beyond what clocks may differ by', () => {
    const play = (apartMs: number): readonly string[] =>
      said(newestSocket, (invariant) => {
        invariant.link?.({ ...LINK, session: 's1' }, 'opened', 0);
        invariant.link?.({ ...LINK, session: 's2' }, 'opened', apartMs);
        for (const session of ['s2', 's1'])
          invariant.recorded?.(recorded({ events: [{ kind: 'charger.connected', data: { session } }] }));
      });
    expect(play(5_000)).toEqual([]);
    expect(play(20_000)).toHaveLength(1);
  });

  it('takes a lost edge for a reason only after a fault', () => {
    const play = (atMs: number): readonly string[] =>
      said(newestSocket, (invariant) => {
        invariant.disturbed?.(true, 0);
        invariant.disturbed?.(false, 1_000);
        invariant.link?.(LINK, 'opened', atMs);
        const data = { session: 's1', reason: 'edge lost' };
        invariant.recorded?.(recorded({ events: [{ kind: 'charger.disconnected', data }] }));
      });
    expect(play(2_000)).toEqual([]);
    expect(play(60_000)).toHaveLength(1);
  });
});

describe('errors-have-causes', () => {
  const play = (type: 3 | 4, atMs: number): readonly string[] =>
    said(errorsHaveCauses, (invariant) => {
      invariant.disturbed?.(true, 100_000);
      invariant.disturbed?.(false, 200_000);
      invariant.frame?.(LINK, 'down', frameHead(`[${type},"a",{}]`), atMs);
    });

  it('finds an error long after the last fault', () => {
    expect(play(4, 205_000)).toEqual([]);
    expect(play(3, 300_000)).toEqual([]);
    expect(play(4, 300_000)).toHaveLength(1);
  });
});

describe('bounded-memory', () => {
  it('finds levels, timers and states that grew', () => {
    const look = (read: Readonly<Record<string, number>>, timers: number): readonly string[] =>
      said(boundedMemory, (invariant) => invariant.levels?.(levels(read, timers)));
    expect(look({ edge_pending: 2, worker_actors: 1 }, 10)).toEqual([]);
    expect(look({ edge_pending: 1_000 }, 10)).toHaveLength(1);
    expect(look({}, 10_000)).toHaveLength(1);
    expect(said(boundedMemory, (invariant) => invariant.recorded?.(recorded({ stateChars: 1_000_000 })))).toHaveLength(
      1,
    );
  });
});

describe('convergence', () => {
  const play = (
    change: Partial<Ending['chargers'][number]>,
    read: Readonly<Record<string, number>> = {},
  ): readonly string[] =>
    said(convergence, (invariant) => {
      invariant.recorded?.(recorded({ events: [{ kind: 'charger.connected', data: { session: 's1' } }] }));
      const chargers = RESTING.chargers.map((charger) => ({ ...charger, ...change }));
      invariant.ended?.({ ...RESTING, chargers, levels: levels(read) });
    });

  it('finds whoever is not back and whatever still waits', () => {
    expect(play({})).toEqual([]);
    expect(play({ online: false })).toHaveLength(1);
    expect(play({ registration: 'Pending' })).toHaveLength(1);
    expect(play({ undelivered: 1 })).toHaveLength(1);
    expect(play({ socketsAtEdges: 2 })).toHaveLength(1);
    expect(play({ session: 's2' })).toHaveLength(1);
    expect(play({}, { edge_pending: 1 })).toHaveLength(1);
  });
});

describe('history', () => {
  it('finds a completed session that the journal does not know', () => {
    const sessions: Ending['sessions'] = [
      {
        chargerId: 'CP1',
        connectorId: 1,
        idToken: 'T',
        outcome: 'completed',
        problem: '',
        transaction: 'k',
        transactionId: '1',
        startedAtMs: 0,
        endedAtMs: 1,
        startWh: 0,
        stopWh: 10,
        stopReason: 'Local',
        messages: [],
      },
    ];
    const events: readonly Event[] = [
      { kind: 'transaction.started', data: { transactionKey: 'k', transactionId: '1' } },
      { kind: 'transaction.ended', data: { transactionKey: 'k', transactionId: '1', energyWh: 10 } },
    ];
    const play = (count: number): readonly string[] =>
      said(history, (invariant) => {
        for (const event of events.slice(0, count)) invariant.recorded?.(recorded({ events: [event] }));
        invariant.ended?.({ ...RESTING, sessions });
      });
    expect(play(2)).toEqual([]);
    expect(play(1).length).toBeGreaterThan(0);
  });
});
