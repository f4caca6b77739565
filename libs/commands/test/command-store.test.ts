/** The buckets of commands: what is kept, found and dropped, and who wins when two owners tell how a command ended. */
import { createMemoryBus, type KeyValue } from '@voltlane/bus';
import { createFakeClock, type FakeClock } from '@voltlane/time';
import { chargerId, epoch, partitionId, tenant } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CommandStore, OPEN_COMMANDS_BUCKET, type OpenCommandKey, openCommandStore } from '../src/index.ts';

const KEEP_MS = 3_600_000;
const KEY: OpenCommandKey = {
  partition: partitionId(7),
  tenant: tenant('default'),
  chargerId: chargerId('RDAM 1.*'),
  commandId: 'c00000001',
};

let clock: FakeClock;
let store: CommandStore;
let bucket: KeyValue;

beforeEach(async () => {
  clock = createFakeClock();
  const bus = createMemoryBus({ clock }).connect('store');
  store = await openCommandStore(bus, { keepMs: KEEP_MS });
  bucket = await bus.keyValue({ bucket: OPEN_COMMANDS_BUCKET, maxAgeMs: 0, valueBytesMax: bus.payloadBytesMax });
});

describe('an open command', () => {
  it('is kept once, read as it was kept, and gone without a trace when dropped', async () => {
    const payload = '{"n":9223372036854775807}';
    const revision = await store.open(KEY, { payload });
    expect(await store.open(KEY, { payload: '{"other":1}' })).toBeUndefined();
    expect(await store.readOpen(KEY)).toEqual({ payload, revision });
    await store.drop(KEY, revision ?? 0);
    expect(await store.readOpen(KEY)).toBeUndefined();
    expect(await bucket.keys()).toEqual([]);
    expect(await store.open(KEY, { payload })).toBeGreaterThan(revision ?? 0);
  });

  it('is not dropped by who knows an older revision', async () => {
    const revision = (await store.open(KEY, { payload: '{}' })) ?? 0;
    await store.drop(KEY, revision);
    await store.open(KEY, { payload: '{}' });
    await store.drop(KEY, revision);
    expect(await store.readOpen(KEY)).toBeDefined();
  });

  it('is found by partition, by its id alone, and among all', async () => {
    const other = { ...KEY, partition: partitionId(70), chargerId: chargerId('CP2'), commandId: 'c00000002' };
    await store.open(KEY, { payload: '{}' });
    await store.open(other, { payload: '{}' });
    expect(await store.openOf(KEY.partition)).toEqual([KEY]);
    expect(await store.openOf(partitionId(0))).toEqual([]);
    expect(await store.openOfAll()).toEqual([KEY, other]);
    expect(await store.findOpen('c00000002')).toEqual(other);
    expect(await store.findOpen('c00000003')).toBeUndefined();
  });

  it('does not hide behind keys of somebody else', async () => {
    await bucket.put('x.default.CP1.c00000001', Buffer.from('{}'));
    await bucket.put('7.default.CP1', Buffer.from('{}'));
    await store.open(KEY, { payload: '{}' });
    expect(await store.openOfAll()).toEqual([KEY]);
  });
});

describe('an ended command', () => {
  it('is told as it was kept, until its time is over', async () => {
    expect(await store.ended('c00000001')).toBeUndefined();
    await store.end('c00000001', '{"line":"a\\nb"}', epoch(3));
    expect(await store.ended('c00000001')).toBe('{"line":"a\\nb"}');
    clock.advance(KEEP_MS + 1);
    expect(await store.ended('c00000001')).toBeUndefined();
  });

  it.each([
    ['a later owner replaces an earlier one', [3, 4], 'from 4'],
    ['an earlier owner that writes late changes nothing', [4, 3], 'from 4'],
    ['an owner that repeats itself has its last word', [3, 3], 'from 3 again'],
    ['three in any order', [4, 9, 5], 'from 9'],
  ])('%s', async (_what, epochs, expected) => {
    for (const [index, number] of epochs.entries()) {
      const again = epochs.indexOf(number) < index ? ' again' : '';
      await store.end('c00000001', `from ${number}${again}`, epoch(number));
    }
    expect(await store.ended('c00000001')).toBe(expected);
  });

  it('keeps the word of the highest of owners that write at the same time', async () => {
    await Promise.all([5, 2, 9, 7].map((number) => store.end('c00000001', `from ${number}`, epoch(number))));
    expect(await store.ended('c00000001')).toBe('from 9');
  });
});
