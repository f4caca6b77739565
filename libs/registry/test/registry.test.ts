import { type Bus, createMemoryBus, type MemoryBroker, type MemoryFaults } from '@voltlane/bus';
import { createFakeClock, createSeededRandom, type FakeClock } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { CHARGERS_BUCKET, type ChargerRecord, openRegistry, type Registry, RegistryError } from '../src/index.ts';

const DEFAULT = tenant('default');
const ACME = tenant('acme');

interface Bench {
  readonly clock: FakeClock;
  readonly broker: MemoryBroker;
  readonly bus: Bus;
  readonly registry: Registry;
}

async function bench(
  options: { cacheEntriesMax?: number; staleMsMax?: number; faults?: MemoryFaults } = {},
): Promise<Bench> {
  const { faults, ...registryOptions } = options;
  const clock = createFakeClock();
  const broker = createMemoryBus({ clock, ...(faults === undefined ? {} : { faults }) });
  const bus = broker.connect('here');
  const registry = await openRegistry(bus, { clock, ...registryOptions });
  await clock.advanceAsync(1);
  return { clock, broker, bus, registry };
}

function charger(chargerId: string, more: Partial<ChargerRecord> = {}): ChargerRecord {
  return { chargerId, securityProfile: 0, registration: 'Accepted', strictness: 'strict', ...more };
}

describe('the registry', () => {
  it('finds a charger in any case and returns it as registered', async () => {
    const { registry } = await bench();
    await registry.putCharger(DEFAULT, charger('RDAM 123.Süd*', { heartbeatIntervalS: 60, labels: { site: 'a' } }));
    const found = await registry.charger(DEFAULT, 'rdam 123.SÜD*');
    expect(found).toEqual(charger('RDAM 123.Süd*', { heartbeatIntervalS: 60, labels: { site: 'a' } }));
    expect(await registry.charger(DEFAULT, 'other')).toBeUndefined();
  });

  it('keeps tenants apart', async () => {
    const { registry } = await bench();
    await registry.putCharger(ACME, charger('CP1'));
    expect(await registry.charger(DEFAULT, 'CP1')).toBeUndefined();
    expect(await registry.charger(ACME, 'cp1')).toBeDefined();
    expect(await registry.chargerIds(ACME)).toEqual(['cp1']);
    expect(await registry.chargerIds(DEFAULT)).toEqual([]);
  });

  it('tells a watcher of all tenants what there is, that it is ready, and then every change', async () => {
    const { registry, bus, clock } = await bench();
    await registry.putCharger(ACME, charger('CP 1'));
    const bucket = await bus.keyValue({ bucket: CHARGERS_BUCKET, maxAgeMs: 0, valueBytesMax: 32_768 });
    await bucket.put('default.odd', Buffer.from('{}'));
    const told: unknown[] = [];
    await registry.watchChargers(
      (change) => told.push(change),
      () => told.push('ready'),
    );
    await clock.advanceAsync(1);
    await registry.putCharger(DEFAULT, charger('Cp2', { labels: { site: 'a' } }));
    await registry.deleteCharger(ACME, 'cp 1');
    await clock.advanceAsync(1);
    expect(told).toEqual([
      { tenant: ACME, id: 'cp 1', record: charger('CP 1') },
      { tenant: DEFAULT, id: 'odd', record: 'unreadable' },
      'ready',
      { tenant: DEFAULT, id: 'cp2', record: charger('Cp2', { labels: { site: 'a' } }) },
      { tenant: ACME, id: 'cp 1', record: undefined },
    ]);
  });

  it('replaces and deletes, and lists what is left', async () => {
    const { registry } = await bench();
    await registry.putCharger(DEFAULT, charger('CP2'));
    await registry.putCharger(DEFAULT, charger('cp1'));
    await registry.putCharger(DEFAULT, charger('CP1', { registration: 'Pending' }));
    expect(await registry.chargerIds(DEFAULT)).toEqual(['cp1', 'cp2']);
    expect(await registry.charger(DEFAULT, 'cp1')).toMatchObject({ chargerId: 'CP1', registration: 'Pending' });
    await registry.deleteCharger(DEFAULT, 'Cp1');
    expect(await registry.charger(DEFAULT, 'cp1')).toBeUndefined();
    await registry.deleteCharger(DEFAULT, 'never there');
    expect(await registry.chargerIds(DEFAULT)).toEqual(['cp2']);
  });

  it('finds tokens without regard to case and surrounding blanks', async () => {
    const { registry } = await bench();
    await registry.putToken(DEFAULT, { idToken: 'AbC', status: 'Blocked', parentIdToken: 'G' });
    expect(await registry.token(DEFAULT, ' aBc ')).toEqual({ idToken: 'AbC', status: 'Blocked', parentIdToken: 'G' });
    expect(await registry.tokenIds(DEFAULT)).toEqual(['abc']);
    await registry.deleteToken(DEFAULT, 'ABC');
    expect(await registry.token(DEFAULT, 'abc')).toBeUndefined();
  });

  it('says nobody is there for what cannot be an identity', async () => {
    const { registry } = await bench();
    for (const id of ['', ' ', '\ud800', 'x'.repeat(256), '\u0000', '*', '>', 'a.b']) {
      expect(await registry.token(DEFAULT, id)).toBeUndefined();
      expect(await registry.charger(DEFAULT, id)).toBeUndefined();
      await registry.deleteToken(DEFAULT, id);
    }
  });

  it('refuses a record with a wrong field before it is written', async () => {
    const { registry } = await bench();
    await expect(registry.putCharger(DEFAULT, charger('a/b'))).rejects.toMatchObject({ code: 'invalid-record' });
    await expect(registry.putToken(DEFAULT, { idToken: ' ', status: 'Accepted' })).rejects.toThrow(RegistryError);
    expect(await registry.chargerIds(DEFAULT)).toEqual([]);
  });
});

describe('the cache of the registry', () => {
  it('answers the second lookup without the bus, also that there is nobody', async () => {
    const { registry } = await bench();
    await registry.charger(DEFAULT, 'nobody');
    await registry.charger(DEFAULT, 'NOBODY');
    expect(registry.stats().chargers).toMatchObject({ reads: 1, hits: 1 });
  });

  it('shares one read between lookups of the same key', async () => {
    const { registry } = await bench();
    await Promise.all(Array.from({ length: 10 }, () => registry.charger(DEFAULT, 'cp1')));
    expect(registry.stats().chargers.reads).toBe(1);
  });

  it('shows what another process wrote or deleted, at once when the watch says so', async () => {
    const { broker, clock, registry } = await bench();
    const other = await openRegistry(broker.connect('there'), { clock });
    expect(await registry.charger(DEFAULT, 'cp1')).toBeUndefined();
    await other.putCharger(DEFAULT, charger('CP1'));
    await clock.advanceAsync(1);
    expect(await registry.charger(DEFAULT, 'cp1')).toMatchObject({ registration: 'Accepted' });
    await other.putCharger(DEFAULT, charger('CP1', { registration: 'Rejected' }));
    await clock.advanceAsync(1);
    expect(await registry.charger(DEFAULT, 'cp1')).toMatchObject({ registration: 'Rejected' });
    await other.deleteCharger(DEFAULT, 'CP1');
    await clock.advanceAsync(1);
    expect(await registry.charger(DEFAULT, 'cp1')).toBeUndefined();
    expect(registry.stats().chargers.reads).toBe(1);
  });

  it('keeps at most its number of entries and drops the one unused for longest', async () => {
    const { registry } = await bench({ cacheEntriesMax: 2 });
    await registry.charger(DEFAULT, 'a');
    await registry.charger(DEFAULT, 'b');
    await registry.charger(DEFAULT, 'a');
    await registry.charger(DEFAULT, 'c');
    expect(registry.stats().chargers).toMatchObject({ entries: 2, reads: 3 });
    await registry.charger(DEFAULT, 'a');
    expect(registry.stats().chargers.reads).toBe(3);
    await registry.charger(DEFAULT, 'b');
    expect(registry.stats().chargers.reads).toBe(4);
  });

  it('serves what it holds while the bus is away, up to its limit, and rejects the rest as retryable', async () => {
    const { broker, clock, registry } = await bench({ staleMsMax: 1000 });
    await registry.putCharger(DEFAULT, charger('CP1'));
    broker.cut('here');
    await clock.advanceAsync(1000);
    expect(await registry.charger(DEFAULT, 'cp1')).toBeDefined();
    await expect(settled(clock, registry.charger(DEFAULT, 'cp2'))).rejects.toMatchObject({ retryable: true });
    await clock.advanceAsync(1);
    await expect(settled(clock, registry.charger(DEFAULT, 'cp1'))).rejects.toMatchObject({ retryable: true });
  });

  it('asks again after a reconnect, because it may have missed changes', async () => {
    const { broker, clock, registry } = await bench();
    const other = await openRegistry(broker.connect('there'), { clock });
    await registry.putCharger(DEFAULT, charger('CP1'));
    broker.cut('here');
    await clock.advanceAsync(10);
    await other.putCharger(DEFAULT, charger('CP1', { registration: 'Rejected' }));
    broker.heal('here');
    expect(await settled(clock, registry.charger(DEFAULT, 'cp1'))).toMatchObject({ registration: 'Rejected' });
  });

  it('passes a stored record that cannot be read on as an error, and recovers when it is repaired', async () => {
    const { bus, clock, registry } = await bench();
    const bucket = await bus.keyValue({ bucket: CHARGERS_BUCKET, maxAgeMs: 0, valueBytesMax: 32_768 });
    await registry.putCharger(DEFAULT, charger('CP1'));
    await bucket.put('default.cp1', Buffer.from('{"v":1}'));
    await clock.advanceAsync(1);
    await expect(registry.charger(DEFAULT, 'cp1')).rejects.toMatchObject({ code: 'invalid-record', retryable: false });
    await bucket.put('default.cp1', Buffer.from('{"v":2}'));
    await clock.advanceAsync(1);
    await expect(registry.charger(DEFAULT, 'cp1')).rejects.toMatchObject({ code: 'newer-version' });
    await registry.putCharger(DEFAULT, charger('CP1'));
    expect(await registry.charger(DEFAULT, 'cp1')).toBeDefined();
  });

  it('reads the bucket after it was closed', async () => {
    const { registry } = await bench();
    await registry.putCharger(DEFAULT, charger('CP1'));
    registry.close();
    expect(await registry.charger(DEFAULT, 'cp1')).toBeDefined();
    expect(registry.stats().chargers.reads).toBe(1);
  });

  it('never goes back in time for a reader, whatever delays, evictions and reconnects come', async () => {
    for (let seed = 1; seed <= 30; seed += 1) expect(await neverGoesBack(seed)).toBe(200);
  });
});

/** One writer counts up; a reader elsewhere must never see the count fall behind what its watch has shown it. Returns the lookups made. */
async function neverGoesBack(seed: number): Promise<number> {
  const random = createSeededRandom(seed);
  const faults: MemoryFaults = {
    store: (operation) =>
      operation.connection === 'here' && operation.subject !== '' && random.next() < 0.6
        ? { delayMs: Math.floor(random.next() * 50) }
        : 'pass',
  };
  const { broker, clock, bus, registry } = await bench({ cacheEntriesMax: 2, faults });
  const writer = await openRegistry(broker.connect('there'), { clock });
  const bucket = await bus.keyValue({ bucket: CHARGERS_BUCKET, maxAgeMs: 0, valueBytesMax: 32_768 });
  const reported = new Map<string, number>();
  await bucket.watch('>', (change) => {
    const text = Buffer.from(change.value ?? new Uint8Array()).toString();
    reported.set(change.key, Number(/"heartbeatIntervalS":(\d+)/.exec(text)?.[1] ?? 0));
  });
  const pending: Promise<void>[] = [];
  for (let step = 1; step <= 200; step += 1) {
    const id = `cp${Math.floor(random.next() * 4)}`;
    if (random.next() < 0.4) await writer.putCharger(DEFAULT, charger(id, { heartbeatIntervalS: step }));
    const atLeast = reported.get(`default.${id}`) ?? 0;
    const check = registry.charger(DEFAULT, id).then((found) => {
      expect(found?.heartbeatIntervalS ?? 0, `seed ${seed} step ${step} ${id}`).toBeGreaterThanOrEqual(atLeast);
    });
    pending.push(check);
    if (random.next() < 0.3) await clock.advanceAsync(Math.floor(random.next() * 40));
  }
  await clock.advanceAsync(1000);
  await Promise.all(pending);
  return pending.length;
}

async function settled<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  await clock.advanceAsync(10_000);
  return promise;
}
