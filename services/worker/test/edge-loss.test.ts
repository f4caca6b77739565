/** An edge is gone: each of its chargers is reported disconnected once, by its owner, and not when it is back elsewhere. */
import type { RunningHeartbeat } from '@voltlane/actors';
import { EDGES_BUCKET, startHeartbeat } from '@voltlane/actors';
import type { Bus, MemoryBroker } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { eventsByCharger, readHistory } from '@voltlane/testkit';
import type { FakeClock } from '@voltlane/time';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import type { EdgeId, ListedSession, SessionsQuestion } from '@voltlane/wire';
import {
  chargerId,
  createSubjects,
  decodeSessionsQuestion,
  edgeId,
  encodeSessionsPage,
  encodeUplink,
  partitionOf,
  sessionId,
} from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Worker } from '../src/index.ts';
import { startWorker } from '../src/index.ts';
import { call, opened, TENANT } from './uplinks.ts';

const PARTITIONS = 4;
const HEARTBEAT_MS = 1000;
const EXPIRY_MS = 4000;
/** Expiry, a late heartbeat, and the pace at which actors are told. */
const NOTICED_MS = EXPIRY_MS + HEARTBEAT_MS + 500;
const subjects = createSubjects('');
const JOURNAL = eventJournalOptions(subjects, {
  maxAgeMs: 168 * 3_600_000,
  replicas: 1,
  storage: 'file',
  duplicateWindowMs: 600_000,
});

let clock: FakeClock;
let broker: MemoryBroker;
let bus: Bus;
let workers: number;

/** An edge as far as workers can tell; it does not resend. */
interface PlayedEdge {
  readonly id: EdgeId;
  readonly questions: readonly SessionsQuestion[];
  /** The sessions it says it has. */
  readonly sessions: Map<string, string>;
  connect(charger: string, session: string): Promise<void>;
  /** At once. */
  connectAll(chargers: readonly string[], session: string): void;
  beat(charger: string, session: string): Promise<void>;
  die(): void;
  stop(): Promise<void>;
}

async function startPlayedEdge(name: string): Promise<PlayedEdge> {
  const id = edgeId(name);
  const connection = broker.connect(name);
  const members = await connection.keyValue({ bucket: EDGES_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  const starting = startHeartbeat({ member: id, members, bus: connection, clock }, HEARTBEAT_MS);
  await clock.advanceAsync(10);
  const heartbeat: RunningHeartbeat = await starting;
  const questions: SessionsQuestion[] = [];
  const sessions = new Map<string, string>();
  connection.subscribe(subjects.edgeSessions(id), ({ data, reply }) => {
    const question = decodeSessionsQuestion(data);
    questions.push(question);
    const all: ListedSession[] = [...sessions].map(([charger, session]) => ({
      tenant: TENANT,
      chargerId: chargerId(charger),
      edgeId: id,
      sessionId: sessionId(session),
      version: '1.6',
      openedAgoMs: 0,
    }));
    const mine = all.filter((one) => question.partitions.includes(partitionOf(TENANT, one.chargerId, PARTITIONS)));
    // One session a page, so that pages are followed.
    const page = mine.slice(question.after, question.after + 1);
    const next = question.after + 1 < mine.length ? question.after + 1 : undefined;
    connection.publish(reply ?? '', encodeSessionsPage({ edgeId: id, next, sessions: page }));
  });
  const publish = (uplink: ReturnType<typeof opened>): void => {
    const subject = subjects.call(partitionOf(TENANT, uplink.chargerId, PARTITIONS));
    connection.publish(subject, encodeUplink({ ...uplink, edgeId: id, openedAgoMs: 0 }), subjects.edgeReply(id, 1));
  };
  const send = async (uplink: ReturnType<typeof opened>): Promise<void> => {
    publish(uplink);
    await clock.advanceAsync(20);
  };
  connection.subscribe(subjects.edgeFilter(id), () => undefined);
  return {
    id,
    questions,
    sessions,
    connect: async (charger, session) => {
      sessions.set(charger, session);
      await send(opened(charger, session));
    },
    connectAll: (chargers, session) => {
      for (const charger of chargers) publish(opened(charger, `${session}-${charger}`));
    },
    beat: (charger, session) => send(call(charger, 5, 'Heartbeat', {}, { sessionId: sessionId(session) })),
    die: () => void connection.close(),
    stop: async () => {
      const stopping = heartbeat.stop();
      await clock.advanceAsync(50);
      await stopping;
    },
  };
}

async function join(env: Record<string, string> = {}): Promise<Worker> {
  const name = `worker${workers}`;
  workers += 1;
  const connection = broker.connect(name);
  const random = createSeededRandom(workers);
  const starting = (async (): Promise<Worker> =>
    startWorker({
      config: loadConfig(['shared', 'worker'], { VOLTLANE_PARTITIONS: String(PARTITIONS), ...env }, () => '').config,
      bus: connection,
      registry: await openRegistry(connection, { clock }),
      settings: await openClusterSettings(connection, { partitions: PARTITIONS }, random),
      subjects,
      clock,
      random,
      telemetry: createTelemetry({ service: 'worker', instance: name, logLevel: 'fatal', logFormat: 'json' }),
    }))();
  // Longer than `memberExpiryMs`: a worker before it may be cut off.
  await clock.advanceAsync(2_600);
  return starting;
}

/** How many of these chargers were reported disconnected so far; takes no time. */
async function disconnected(chargers: readonly string[]): Promise<number> {
  const records = await readHistory(await bus.journal(JOURNAL), subjects.eventFilter({}));
  const byCharger = eventsByCharger(records);
  const events = chargers.flatMap((charger) => byCharger.get(chargerId(charger)) ?? []);
  return events.filter(({ event: { kind } }) => kind === 'charger.disconnected').length;
}

/** What was recorded of a charger's connections. */
async function story(charger: string): Promise<readonly string[]> {
  const reading = (async () => readHistory(await bus.journal(JOURNAL), subjects.eventFilter({})))();
  await clock.advanceAsync(200);
  const events = eventsByCharger(await reading).get(chargerId(charger)) ?? [];
  return events.map(({ event: { kind, data } }) =>
    kind === 'charger.disconnected'
      ? `- ${String(data['session'])} ${String(data['reason'])}`
      : `+ ${String(data['session'])}`,
  );
}

beforeEach(() => {
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
  bus = broker.connect('observer');
  workers = 0;
});

describe('an edge that dies', () => {
  it('is noticed: its chargers are reported disconnected once, those that are back elsewhere are not', async () => {
    const [dying, other] = [await startPlayedEdge('e-dying'), await startPlayedEdge('e-other')];
    await join();
    for (const charger of ['CP1', 'CP2', 'CP3']) await dying.connect(charger, `${charger}-a`);
    await other.connect('CP9', 'CP9-a');
    dying.die();
    await clock.advanceAsync(1000);
    await other.connect('CP2', 'CP2-b');
    expect(await story('CP1')).toEqual(['+ CP1-a']);
    await clock.advanceAsync(NOTICED_MS - 1000);
    expect(await story('CP1')).toEqual(['+ CP1-a', '- CP1-a edge lost']);
    expect(await story('CP3')).toEqual(['+ CP3-a', '- CP3-a edge lost']);
    expect(await story('CP2')).toEqual(['+ CP2-a', '- CP2-a replaced', '+ CP2-b']);
    await clock.advanceAsync(120_000);
    expect(await story('CP1')).toHaveLength(2);
    expect(await story('CP2')).toHaveLength(3);
    expect(await story('CP9')).toEqual(['+ CP9-a']);
  });

  it('with many chargers is reported at a pace, which falls while they come back elsewhere', async () => {
    const [first, second] = [await startPlayedEdge('first'), await startPlayedEdge('second')];
    await join();
    const away = Array.from({ length: 300 }, (_, n) => `AWAY${n}`);
    const back = Array.from({ length: 100 }, (_, n) => `BACK${n}`);
    first.connectAll([...away, ...back], 'old');
    await clock.advanceAsync(1_000);
    first.die();
    await clock.advanceAsync(EXPIRY_MS - HEARTBEAT_MS);
    let told = 0;
    while (told === 0) {
      await clock.advanceAsync(5);
      told = await disconnected([...away, ...back]);
    }
    expect(told).toBe(50);
    const before = await disconnected(away);
    second.connectAll(back, 'new');
    await clock.advanceAsync(40);
    expect(await disconnected(away)).toBe(before);
    await clock.advanceAsync(10);
    // One was looked into.
    expect(await disconnected(away)).toBeLessThanOrEqual(before + 1);
    await clock.advanceAsync(400);
    expect(await disconnected(away)).toBe(300);
  });

  it('is noticed for chargers whose actor was put away', async () => {
    const dying = await startPlayedEdge('e-dying');
    await join({ VOLTLANE_ACTOR_IDLE_MS: '1000' });
    await dying.connect('CP1', 'a');
    await clock.advanceAsync(30_000);
    dying.die();
    await clock.advanceAsync(NOTICED_MS);
    expect(await story('CP1')).toEqual(['+ a', '- a edge lost']);
  });

  it('is noticed by an owner that never heard of its chargers but asked', async () => {
    const dying = await startPlayedEdge('e-dying');
    const first = await join();
    for (let n = 0; n < 8; n += 1) await dying.connect(`CP${n}`, `s${n}`);
    await join();
    const stopping = first.stop();
    await clock.advanceAsync(5000);
    await stopping;
    await clock.advanceAsync(2000);
    expect(dying.questions.some(({ after }) => after > 0)).toBe(true);
    dying.die();
    await clock.advanceAsync(NOTICED_MS);
    for (let n = 0; n < 8; n += 1) expect(await story(`CP${n}`)).toEqual([`+ s${n}`, `- s${n} edge lost`]);
  });

  it('together with the owner is noticed when its charger comes back, and reported as lost and not as replaced', async () => {
    const [dying, other] = [await startPlayedEdge('e-dying'), await startPlayedEdge('e-other')];
    await join();
    await dying.connect('CP1', 'a');
    await dying.connect('CP2', 'a');
    dying.die();
    broker.cut('worker0');
    await join();
    await clock.advanceAsync(60_000);
    // Nobody asks for them, so nobody knows: this is where it ends.
    expect(await story('CP1')).toEqual(['+ a']);
    await other.connect('CP1', 'b');
    expect(await story('CP1')).toEqual(['+ a', '- a edge lost', '+ b']);
    expect(await story('CP2')).toEqual(['+ a']);
  });

  it('is not called dead by a worker that hears nothing itself', async () => {
    const edge = await startPlayedEdge('e1');
    await join();
    await edge.connect('CP1', 'a');
    broker.cut('worker0');
    await clock.advanceAsync(30_000);
    broker.heal('worker0');
    await clock.advanceAsync(30_000);
    expect(await story('CP1')).toEqual(['+ a']);
  });
});

describe('an edge that was only cut off', () => {
  it('gets its sessions back without a word of the chargers', async () => {
    const edge = await startPlayedEdge('e1');
    await join();
    await edge.connect('CP1', 'a');
    broker.cut('e1');
    await clock.advanceAsync(10_000);
    expect(await story('CP1')).toEqual(['+ a', '- a edge lost']);
    broker.heal('e1');
    await clock.advanceAsync(3_000);
    expect(await story('CP1')).toEqual(['+ a', '- a edge lost', '+ a']);
  });

  it('does not get back a charger that went elsewhere; its socket there is the newest', async () => {
    const [edge, other] = [await startPlayedEdge('e1'), await startPlayedEdge('e2')];
    await join();
    await edge.connect('CP1', 'a');
    broker.cut('e1');
    await clock.advanceAsync(10_000);
    await other.connect('CP1', 'b');
    broker.heal('e1');
    await clock.advanceAsync(3_000);
    await edge.beat('CP1', 'a');
    expect(await story('CP1')).toEqual(['+ a', '- a edge lost', '+ b']);
  });
});

describe('an edge that stops', () => {
  it('is gone at once, with all it left behind', async () => {
    const edge = await startPlayedEdge('e1');
    await join();
    await edge.connect('CP1', 'a');
    await edge.stop();
    await clock.advanceAsync(200);
    expect(await story('CP1')).toEqual(['+ a', '- a edge lost']);
  });
});
