/**
 * kill -9 of workers, edges and apis while commands wait for a charger that is away, are out unanswered, are being answered and are
 * being asked for. Whoever asked asks again, elsewhere and under the same key. Every command has one outcome, the same for everybody;
 * no charger sees a CALL twice; nothing stays open.
 */
import { connectNats } from '@voltlane/bus';
import { openCommandStore } from '@voltlane/commands';
import type { OcppVersion } from '@voltlane/ocpp';
import { eventsByCharger, type HistoryEvent, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, type Random, sleep, systemClock } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerSet, type SetService, startBrokerSet } from './broker-set.ts';
import { type Answer, type Backend, httpBackend, natsBackend } from './command-backend.ts';
import { type CommandCharger, createCommandCharger, resultOf, type SeenCall } from './command-charger.ts';

/** What a command is doing when the process dies. */
const STAGES = ['queued', 'sent', 'answered', 'asked'] as const;
type Stage = (typeof STAGES)[number];

const CHARGERS_PER_STAGE = 5;
const ROUNDS = 4;
const SEED = 20_260_301;
/** Moments before the death at which the charger answers, or the backend asks. */
const JITTER_MS = 60;
const WAIT_MS = 20_000;
const VERSIONS: readonly OcppVersion[] = ['1.6', '2.0.1', '2.1'];

/** A charger of the test, and what it does with a CALL. */
interface Actor {
  readonly charger: CommandCharger;
  readonly stage: Stage;
  answers: boolean;
}

/** A command that was asked for. */
interface Asked {
  readonly charger: string;
  readonly stage: Stage;
  readonly victim: SetService;
  readonly answer: Answer;
}

let broker: BrokerSet;
let apis: readonly Backend[];
let overNats: Backend;
let random: Random;
const actors: Actor[] = [];
const asked: Asked[] = [];

beforeAll(async () => {
  console.log(`seed ${SEED}`);
  random = createSeededRandom(SEED);
  const env = { VOLTLANE_PARTITIONS: '16', VOLTLANE_API_REQUESTS_BURST_MAX: '100000' };
  broker = await startBrokerSet(env, { edge: 2, worker: 2, api: 2 });
  apis = broker.apiUrls.map((url) => httpBackend(url, broker.apiToken));
  overNats = await natsBackend(broker.nats.url);
  for (let number = 0; number < STAGES.length * CHARGERS_PER_STAGE; number += 1) {
    const stage = STAGES[number % STAGES.length] ?? 'queued';
    const answer = (call: SeenCall): string | undefined => (actor.answers ? resultOf(call) : undefined);
    const version = VERSIONS[number % VERSIONS.length] ?? '1.6';
    const charger = createCommandCharger({ urls: broker.ocppUrls, id: `CP${number}`, version, answer });
    const actor: Actor = { charger, stage, answers: true };
    actors.push(actor);
  }
  await Promise.all(actors.map(({ charger }) => charger.start()));
});

afterAll(async () => {
  for (const { charger } of actors) charger.leave();
  await overNats?.close();
  await broker?.stop();
});

describe('a command', () => {
  it.each<SetService>(['worker', 'edge', 'api'])('survives kill -9 of its %s at any stage', async (victim) => {
    for (let round = 0; round < ROUNDS; round += 1) await playRound(victim, round);
    const outcomes = asked.filter((one) => one.victim === victim);
    expect(outcomes).toHaveLength(ROUNDS * actors.length);
    for (const { charger, stage, answer } of outcomes) {
      expect(answer.body, `${charger} ${stage}`).toMatchObject({ status: 'finished', sent: true });
      // A CALL that was out when its socket died is not sent again: the charger may have acted on it.
      const lost = victim === 'edge' && stage !== 'queued';
      const expected = lost ? ['accepted', 'offline'] : ['accepted'];
      expect(expected, `${charger} ${stage}`).toContain(answer.body['outcome']);
    }
  });

  it('has one outcome for everybody, one end in the journal, one CALL at most, and does not stay open', async () => {
    await nothingOpen();
    const events = eventsByCharger(await broker.history());
    expect(asked.length).toBe(3 * ROUNDS * actors.length);
    for (const { charger, answer } of asked) {
      const id = String(answer.body['commandId']);
      for (const backend of [...apis, overNats]) expect((await backend.look(id)).body).toEqual(answer.body);
      expect(kindsOf(events.get(charger) ?? [], id)).toEqual({ queued: 1, sent: 1, finished: 1 });
    }
    for (const { charger } of actors) {
      const ids = charger.calls.map(({ id }) => id);
      expect(new Set(ids).size, `CALLs of ${charger.id}`).toBe(ids.length);
    }
  });
});

/** One death, with commands at every stage. */
async function playRound(victim: SetService, round: number): Promise<void> {
  await waitUntil('every charger is connected', () => actors.every(({ charger }) => charger.online()));
  // All chargers are on one edge after the death of the other.
  const index = victim === 'edge' ? edgeOfMost() : round % 2;
  const first = victim === 'api' ? index : Math.floor(random.next() * 2);
  const answers: Promise<Asked>[] = [];
  const ask = ({ charger, stage }: Actor): void => {
    const key = `${victim}-${round}`;
    answers.push(
      untilFinished(charger.id, key, first).then((answer) => ({ charger: charger.id, stage, victim, answer })),
    );
  };
  const at = (stage: Stage): readonly Actor[] => actors.filter((actor) => actor.stage === stage);

  for (const { charger } of at('queued')) charger.leave();
  for (const actor of [...at('sent'), ...at('answered')]) actor.answers = false;
  await awayIsKnown(at('queued'));
  const calls = new Map(actors.map(({ charger }) => [charger, charger.calls.length]));
  for (const actor of [...at('queued'), ...at('sent'), ...at('answered')]) ask(actor);
  await waitUntil('the CALLs are out', () =>
    [...at('sent'), ...at('answered')].every(({ charger }) => charger.calls.length > (calls.get(charger) ?? 0)),
  );
  await waitUntil('the others wait', async () => (await openCommands()).length >= 3 * CHARGERS_PER_STAGE);

  const moments = [
    ...at('answered').map((actor) => () => answerNow(actor)),
    ...at('asked').map((actor) => () => ask(actor)),
  ].map(async (act) => {
    await sleep(systemClock, random.next() * JITTER_MS);
    act();
  });
  await sleep(systemClock, random.next() * JITTER_MS);
  const replaced = broker.replace(victim, index);
  await Promise.all(moments);
  await sleep(systemClock, random.next() * 1_500);
  for (const actor of at('sent')) answerNow(actor);
  for (const { charger } of at('queued')) void charger.start();
  for (const actor of actors) actor.answers = true;
  asked.push(...(await Promise.all(answers)));
  await replaced;
}

function answerNow(actor: Actor): void {
  actor.answers = true;
  const call = actor.charger.calls.at(-1);
  if (call !== undefined) actor.charger.send(resultOf(call));
}

/** Asks until it has ended, under one key: of the api the backend knows, of the other when that is gone. */
async function untilFinished(charger: string, idempotencyKey: string, first: number): Promise<Answer> {
  const options = { idempotencyKey, ttlMs: 120_000, timeoutMs: 60_000, wait: WAIT_MS };
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      const answer = await apis[(first + attempt) % apis.length]?.send(charger, 'ClearCache', {}, options);
      if (answer?.status === 200) return answer;
      if (answer === undefined || (answer.status !== 202 && answer.status !== 503)) {
        throw new Error(`${charger} ${idempotencyKey}: ${JSON.stringify(answer)}`);
      }
    } catch (cause) {
      // The api died, or is not back yet.
      if (!(cause instanceof TypeError)) throw cause;
      await sleep(systemClock, 50);
    }
  }
  throw new Error(`${charger} ${idempotencyKey} did not end`);
}

/** The edge on which more chargers are. */
function edgeOfMost(): number {
  const onFirst = actors.filter(({ charger }) => charger.url() === broker.ocppUrls[0]).length;
  return onFirst * 2 >= actors.length ? 0 : 1;
}

async function awayIsKnown(away: readonly Actor[]): Promise<void> {
  await waitUntil('the broker knows who is away', async () => {
    const events = eventsByCharger(await broker.history());
    return away.every(({ charger }) => {
      const changes = (events.get(charger.id) ?? []).filter(({ event }) =>
        /^charger\.(dis)?connected$/.test(event.kind),
      );
      return changes.at(-1)?.event.kind === 'charger.disconnected';
    });
  });
}

async function openCommands(): Promise<readonly unknown[]> {
  const bus = await connectNats({ urls: [broker.nats.url], name: 'observer', clock: systemClock });
  try {
    return await (await openCommandStore(bus, { keepMs: 24 * 3_600_000 })).openOfAll();
  } finally {
    await bus.close();
  }
}

async function nothingOpen(): Promise<void> {
  await waitUntil('no command is open', async () => {
    const open = await openCommands();
    if (open.length === 0) return true;
    throw new Error(JSON.stringify(open));
  });
}

function kindsOf(events: readonly HistoryEvent[], commandId: string): Readonly<Record<string, number>> {
  const count = (kind: string): number =>
    events.filter(({ event }) => event.kind === `command.${kind}` && event.data['commandId'] === commandId).length;
  return { queued: count('queued'), sent: count('sent'), finished: count('finished') };
}
