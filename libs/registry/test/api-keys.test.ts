import { type Bus, createMemoryBus, type MemoryBroker } from '@voltlane/bus';
import { createFakeClock, createSeededRandom, type FakeClock } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeApiKeyRecord, encodeApiKeyRecord, parseApiToken } from '../src/api-key-record.ts';
import { API_KEYS_BUCKET, type ApiKeyFacts, type ApiKeys, newApiKey, openApiKeys } from '../src/index.ts';

const FACTS: ApiKeyFacts = { name: 'billing', role: 'viewer', tenant: tenant('acme') };
const random = createSeededRandom(1);

let clock: FakeClock;
let broker: MemoryBroker;
let bus: Bus;
let unreadable: string[];

beforeEach(() => {
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
  bus = broker.connect('api');
  unreadable = [];
});

async function open(on: Bus = bus): Promise<ApiKeys> {
  const keys = await openApiKeys({ bus: on, clock, onUnreadable: (id) => unreadable.push(id) });
  await keys.caughtUp();
  return keys;
}

describe('a new key', () => {
  it('is stored without its secret, and its holder’s text fits it', () => {
    const { record, token } = newApiKey(FACTS, clock.nowMs(), random);
    const parts = parseApiToken(token);
    expect(parts?.id).toBe(record.id);
    expect(parts?.secret).toHaveLength(43);
    expect(JSON.stringify(record)).not.toContain(parts?.secret);
    expect(decodeApiKeyRecord(encodeApiKeyRecord(record))).toEqual(record);
  });

  it.each([
    ['a name of nothing', { name: '' }],
    ['a long name', { name: 'x'.repeat(65) }],
    ['a time that is none', { expiresAt: 'soon' }],
  ])('is not made with %s', (_, fact) => {
    expect(() => newApiKey({ ...FACTS, ...fact }, 0, random)).toThrow(/expected/);
  });

  it.each([
    '',
    'vl_',
    'vl_0123456789ab_short',
    `vl_0123456789AB_${'x'.repeat(43)}`,
    `vl_0123456789ab_${'x'.repeat(44)}`,
  ])('is not taken for one: %s', (text) => {
    expect(parseApiToken(text)).toBeUndefined();
  });
});

describe('stored keys', () => {
  it('count in the process that stored them at once, and elsewhere when it hears of them', async () => {
    const [here, there] = [await open(), await open(broker.connect('api-2'))];
    const { record, token } = newApiKey(FACTS, clock.nowMs(), random);
    await here.put(record);
    expect(here.check(token)).toEqual({ kind: 'key', record });
    await clock.advanceAsync(1_000);
    expect(there.check(token)).toEqual({ kind: 'key', record });
    await there.delete(record.id);
    expect(there.check(token)).toEqual({ kind: 'unknown' });
    await clock.advanceAsync(1_000);
    expect(here.check(token)).toEqual({ kind: 'unknown' });
  });

  it('count with their own secret only', async () => {
    const keys = await open();
    const [a, b] = [newApiKey(FACTS, 0, random), newApiKey(FACTS, 0, random)];
    await keys.put(a.record);
    await keys.put(b.record);
    expect(keys.check(b.token.replace(b.record.id, a.record.id))).toEqual({ kind: 'unknown' });
    expect(keys.check('something else')).toBeUndefined();
  });

  it('count until they expire', async () => {
    const keys = await open();
    const expiresAt = new Date(clock.nowMs() + 1_000).toISOString();
    const { record, token } = newApiKey({ ...FACTS, expiresAt }, clock.nowMs(), random);
    await keys.put(record);
    clock.advance(999);
    expect(keys.check(token)?.kind).toBe('key');
    clock.advance(1);
    expect(keys.check(token)).toEqual({ kind: 'expired' });
  });

  it('are listed oldest first', async () => {
    const keys = await open();
    for (const name of ['a', 'b', 'c']) {
      clock.advance(1_000);
      await keys.put(newApiKey({ ...FACTS, name }, clock.nowMs(), random).record);
    }
    expect(keys.list().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('count for ten minutes while the bus is away, and then not', async () => {
    const keys = await open();
    const { record, token } = newApiKey(FACTS, clock.nowMs(), random);
    await keys.put(record);
    broker.cut('api');
    clock.advance(600_000);
    expect(keys.check(token)?.kind).toBe('key');
    clock.advance(1);
    expect([keys.check(token), keys.readable()]).toEqual([{ kind: 'unavailable' }, false]);
    broker.heal('api');
    await clock.advanceAsync(1_000);
    expect(keys.check(token)?.kind).toBe('key');
  });

  it('that cannot be read do not count, and are reported', async () => {
    const bucket = await bus.keyValue({ bucket: API_KEYS_BUCKET, maxAgeMs: 0, valueBytesMax: 4_096 });
    const { record, token } = newApiKey(FACTS, clock.nowMs(), random);
    await bucket.put(record.id, Buffer.from(JSON.stringify({ ...record, v: 2 })));
    const keys = await open();
    expect([keys.check(token), unreadable]).toEqual([{ kind: 'unknown' }, [record.id]]);
  });
});
