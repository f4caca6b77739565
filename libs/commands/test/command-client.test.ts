/** The client between a backend and owners that are played: what it asks, whom, how often, and what it makes of the answers. */
import { type Bus, createMemoryBus, type MemoryBroker, type Subscription } from '@voltlane/bus';
import { createFakeClock, createSeededRandom, type FakeClock } from '@voltlane/time';
import {
  type CommandAsk,
  chargerId,
  createSubjects,
  decodeCommandAsk,
  encodeOwner,
  epoch,
  partitionOf,
  tenant,
  workerId,
} from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CommandAnswer,
  CommandClient,
  type CommandRequest,
  type CommandStore,
  derivedCommandId,
  openCommandStore,
  problem,
  problemJson,
  statusJson,
} from '../src/index.ts';

const subjects = createSubjects('');
const PARTITIONS = 4;
const ADDRESS = { tenant: tenant('default'), chargerId: chargerId('cp1') };
const PARTITION = partitionOf(ADDRESS.tenant, ADDRESS.chargerId, PARTITIONS);
const REQUEST: CommandRequest = {
  payload: '{}',
  timeoutMs: 30_000,
  ttlMs: 0,
  priority: 5,
  coalesceKey: undefined,
  idempotencyKey: undefined,
  wait: undefined,
  requestedBy: 'Ada',
};

interface Owner extends Subscription {
  readonly asks: readonly CommandAsk[];
  /** Answers the oldest ask that has none. */
  answer(json: string): void;
}

let clock: FakeClock;
let broker: MemoryBroker;
let store: CommandStore;
let client: CommandClient;

beforeEach(async () => {
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
  const bus = broker.connect('client');
  store = await openCommandStore(bus, { keepMs: 3_600_000 });
  client = new CommandClient({
    bus,
    subjects,
    partitions: PARTITIONS,
    store,
    identity: ({ chargerId: id }) => Promise.resolve(chargerId(id.toUpperCase())),
    clock,
    random: createSeededRandom(1),
    inFlightMax: 2,
  });
  client.start();
});

describe('a submitted command', () => {
  it('reaches the owner under the registered identity and brings its answer back as written', async () => {
    const owner = startOwner('owner');
    const answered = client.submit(ADDRESS, 'Reset', { ...REQUEST, payload: '{"type":"Soft"}' });
    await clock.advanceAsync(1);
    const ask = owner.asks[0];
    expect(ask).toMatchObject({
      kind: 'commandSubmit',
      tenant: 'default',
      chargerId: 'CP1',
      action: 'Reset',
      payload: '{"type":"Soft"}',
      // Until the charger must have answered, and the way back.
      waitMs: 31_000,
      waitsWhileAway: true,
      requestedAtMs: clock.nowMs() - 1,
      requestedBy: 'Ada',
      repeated: false,
    });
    const json = `${finished(ask?.commandId).slice(0, -1)},"extra":9223372036854775807}`;
    owner.answer(json);
    expect(await settled(answered)).toEqual({ kind: 'status', status: 'finished', tenant: 'default', json });
    expect(client.stats()).toEqual({ inFlight: 0, asks: 1, repeats: 0, unreached: 0, overloaded: 0 });
  });

  it.each([
    [{ ttlMs: 0 }, true],
    [{ ttlMs: 1000 }, false],
    [{ ttlMs: 1000, wait: 500 }, true],
  ])('with %j waits for a charger that is away: %s', async (options, waitsWhileAway) => {
    const owner = startOwner('owner');
    void client.submit(ADDRESS, 'ClearCache', { ...REQUEST, ...options });
    await clock.advanceAsync(1);
    expect(owner.asks[0]).toMatchObject({ waitsWhileAway });
  });

  it('has one id per idempotency key and charger, and the owner looks among the ended ones for it', async () => {
    const owner = startOwner('owner');
    for (const key of ['a', 'a', 'b']) {
      void client.submit(ADDRESS, 'ClearCache', { ...REQUEST, idempotencyKey: key, wait: 0 });
      await clock.advanceAsync(1);
      owner.answer(finished('c0000000'));
      await clock.advanceAsync(1);
    }
    const address = { tenant: ADDRESS.tenant, chargerId: chargerId('CP1') };
    const [a, b] = [derivedCommandId(address, 'a'), derivedCommandId(address, 'b')];
    expect(owner.asks.map(({ commandId }) => commandId)).toEqual([a, a, b]);
    expect(owner.asks.map((ask) => ask.kind === 'commandSubmit' && ask.repeated)).toEqual([true, true, true]);
  });

  it('is asked for again under the same id while the owner holds the answer back, with the rest of the wait', async () => {
    const owner = startOwner('owner');
    const answered = client.submit(ADDRESS, 'ClearCache', { ...REQUEST, wait: 5_000 });
    await clock.advanceAsync(4_100);
    expect(owner.asks).toHaveLength(3);
    expect(new Set(owner.asks.map(({ commandId }) => commandId)).size).toBe(1);
    expect(owner.asks.map(({ waitMs }) => waitMs)).toEqual([5_000, 3_000, 1_000]);
    expect(owner.asks.map((ask) => ask.kind === 'commandSubmit' && ask.repeated)).toEqual([false, true, true]);
    owner.answer('late');
    owner.answer('late');
    owner.answer(finished(owner.asks[0]?.commandId));
    expect(await settled(answered)).toMatchObject({ kind: 'status', status: 'finished' });
  });

  it('finds an owner that is only there after a while', async () => {
    const answered = client.submit(ADDRESS, 'ClearCache', REQUEST);
    await clock.advanceAsync(3_000);
    const owner = startOwner('owner');
    await clock.advanceAsync(600);
    expect(owner.asks).toHaveLength(1);
    owner.answer(finished('c0000000'));
    expect(await settled(answered)).toMatchObject({ status: 'finished' });
  });

  it('goes to a new owner as soon as that announces itself', async () => {
    const dead = startOwner('dead');
    const answered = client.submit(ADDRESS, 'ClearCache', REQUEST);
    await clock.advanceAsync(10);
    dead.unsubscribe();
    const owner = startOwner('owner');
    announce(PARTITION === 0 ? 1 : 0);
    await clock.advanceAsync(1);
    expect(owner.asks).toEqual([]);
    announce(PARTITION);
    await clock.advanceAsync(1);
    expect(owner.asks.map(({ commandId }) => commandId)).toEqual([dead.asks[0]?.commandId]);
    owner.answer(finished('c0000000'));
    expect(await settled(answered)).toMatchObject({ status: 'finished' });
  });

  it('does not finish a pause either when a new owner announces itself', async () => {
    const answered = client.submit(ADDRESS, 'ClearCache', REQUEST);
    // Long enough for pauses of half a second.
    await clock.advanceAsync(5_000);
    const owner = startOwner('owner');
    announce(PARTITION);
    await clock.advanceAsync(1);
    expect(owner.asks).toHaveLength(1);
    owner.answer(finished('c0000000'));
    expect(await settled(answered)).toMatchObject({ status: 'finished' });
  });

  it('is unavailable when no owner answered for twelve seconds beyond the wait', async () => {
    const answered = client.submit(ADDRESS, 'ClearCache', { ...REQUEST, wait: 1_000 });
    expect(await settled(answered, 12_900)).toBeUndefined();
    expect(await settled(answered, 200)).toMatchObject({ kind: 'problem', problem: { code: 'unavailable' } });
    expect(client.stats()).toMatchObject({ inFlight: 0, unreached: 1 });
  });

  it('is refused when as many requests are in hand as may be', async () => {
    startOwner('owner');
    void client.submit(ADDRESS, 'ClearCache', REQUEST);
    void client.submit(ADDRESS, 'ClearCache', REQUEST);
    await clock.advanceAsync(1);
    const refused = await settled(client.submit(ADDRESS, 'ClearCache', REQUEST));
    expect(refused).toMatchObject({ kind: 'problem', problem: { code: 'overloaded' } });
    expect(client.stats()).toMatchObject({ inFlight: 2, overloaded: 1 });
  });

  it('that the owner refuses is refused with its reason', async () => {
    const owner = startOwner('owner');
    const answered = client.submit(ADDRESS, 'ClearCache', REQUEST);
    await clock.advanceAsync(1);
    owner.answer(problemJson(problem('invalid-payload', 'no', '/payload/type')));
    expect(await settled(answered)).toEqual({
      kind: 'problem',
      problem: { code: 'invalid-payload', detail: 'no', path: '/payload/type' },
    });
  });
});

describe('what is asked by the id alone', () => {
  const open = { partition: PARTITION, tenant: ADDRESS.tenant, chargerId: chargerId('CP1'), commandId: 'c00000001' };

  it('goes to the owner while the command is open', async () => {
    await store.open(open, { payload: '{}' });
    const owner = startOwner('owner');
    const answered = client.status(ADDRESS.tenant, open.commandId, 700);
    await clock.advanceAsync(1);
    expect(owner.asks).toEqual([
      { kind: 'commandStatus', tenant: 'default', chargerId: 'CP1', commandId: open.commandId, waitMs: 700 },
    ]);
    owner.answer(finished(open.commandId));
    expect(await settled(answered)).toMatchObject({ status: 'finished' });
  });

  it('is answered from the kept outcome when it has ended, also when it ends between the two looks', async () => {
    await store.end(open.commandId, finished(open.commandId), epoch(1));
    expect(await settled(client.status(ADDRESS.tenant, open.commandId))).toMatchObject({ status: 'finished' });

    await store.open(open, { payload: '{}' });
    const owner = startOwner('owner');
    const answered = client.status(ADDRESS.tenant, open.commandId);
    await clock.advanceAsync(1);
    owner.answer(problemJson(problem('command-not-found', 'not open')));
    expect(await settled(answered)).toMatchObject({ status: 'finished' });
  });

  it.each(['c99999999', 'no id', '../x', 'command.*'])('is not found when nobody has it: %s', async (commandId) => {
    const expected = { kind: 'problem', problem: { code: 'command-not-found' } };
    expect(await settled(client.status(ADDRESS.tenant, commandId))).toMatchObject(expected);
    expect(await settled(client.cancel(ADDRESS.tenant, commandId, 'Ada'))).toMatchObject(expected);
  });

  it('is not found by another tenant, open or ended', async () => {
    const other = tenant('other');
    await store.open(open, { payload: '{}' });
    expect(await settled(client.status(other, open.commandId))).toMatchObject({
      problem: { code: 'command-not-found' },
    });
    await store.end('c00000002', finished('c00000002'), epoch(1));
    expect(await settled(client.cancel(other, 'c00000002', 'Eve'))).toMatchObject({
      problem: { code: 'command-not-found' },
    });
  });

  it('can only be taken back while it is open', async () => {
    await store.open(open, { payload: '{}' });
    const owner = startOwner('owner');
    const cancelled = client.cancel(ADDRESS.tenant, open.commandId, 'Ada');
    await clock.advanceAsync(1);
    expect(owner.asks).toMatchObject([{ kind: 'commandCancel', commandId: open.commandId, requestedBy: 'Ada' }]);
    owner.answer(finished(open.commandId));
    expect(await settled(cancelled)).toMatchObject({ status: 'finished' });

    await store.end('c00000002', finished('c00000002'), epoch(1));
    expect(await settled(client.cancel(ADDRESS.tenant, 'c00000002', 'Ada'))).toMatchObject({
      problem: { code: 'not-cancellable' },
    });
  });
});

function startOwner(name: string): Owner {
  const bus: Bus = broker.connect(name);
  const asks: CommandAsk[] = [];
  const replies: string[] = [];
  const subscription = bus.subscribe(subjects.forward(PARTITION), ({ data, reply }) => {
    asks.push(decodeCommandAsk(data));
    replies.push(reply ?? '');
  });
  return {
    asks,
    answer: (json) => bus.publish(replies.shift() ?? 'nobody', Buffer.from(json, 'utf8')),
    unsubscribe: () => subscription.unsubscribe(),
  };
}

function announce(partition: number): void {
  const announcement = { partition: partition as typeof PARTITION, epoch: epoch(2), worker: workerId('w-2') };
  broker.connect().publish(subjects.owner(announcement.partition), encodeOwner(announcement));
}

function finished(commandId = 'c0000000'): string {
  return statusJson({
    commandId,
    tenant: 'default',
    charger: 'CP1',
    action: 'ClearCache',
    requestedAtMs: 1_767_225_600_000,
    ending: { outcome: 'accepted', sent: true, response: '{"status":"Accepted"}' },
  });
}

/** What it has come to after `ms`; undefined: nothing yet. */
async function settled(answer: Promise<CommandAnswer>, ms = 10): Promise<CommandAnswer | undefined> {
  let value: CommandAnswer | undefined;
  void answer.then((got) => {
    value = got;
  });
  await clock.advanceAsync(ms);
  return value;
}
