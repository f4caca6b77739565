import { createMemoryBus, type KvChange, type MemoryBroker } from '@voltlane/bus';
import { createFakeClock, type FakeClock } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { HANDLERS_BUCKET, openHandlerSettings, RegistryError, readTenantHandlers } from '../src/index.ts';

const DEFAULT = tenant('default');
const ACME = tenant('acme');
const AUTHORIZE = readTenantHandlers({ actions: { Authorize: { fallback: 'reject' } } });
const BOOT = readTenantHandlers({ actions: { BootNotification: {} } });

let clock: FakeClock;
let broker: MemoryBroker;

beforeEach(() => {
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
});

describe('handler settings', () => {
  it('are known at once when they were there before', async () => {
    await (await openHandlerSettings(broker.connect('a'))).put(DEFAULT, AUTHORIZE);
    const later = await openHandlerSettings(broker.connect('b'));
    expect(later.of(DEFAULT, 'Authorize')).toEqual({ deadlineMs: 3000, attempts: 2, fallback: 'reject' });
    expect(later.of(DEFAULT, 'BootNotification')).toBeUndefined();
    expect(later.of(ACME, 'Authorize')).toBeUndefined();
  });

  it('change and go everywhere when they change or go in one place', async () => {
    const here = await openHandlerSettings(broker.connect('here'));
    const there = await openHandlerSettings(broker.connect('there'));
    await here.put(DEFAULT, AUTHORIZE);
    expect(here.of(DEFAULT, 'Authorize')).toBeDefined();
    await clock.advanceAsync(1);
    expect(there.of(DEFAULT, 'Authorize')).toBeDefined();
    await here.put(DEFAULT, BOOT);
    await clock.advanceAsync(1);
    expect(there.of(DEFAULT, 'Authorize')).toBeUndefined();
    expect(there.of(DEFAULT, 'BootNotification')).toBeDefined();
    expect(await there.get(DEFAULT)).toEqual(BOOT);
    await here.delete(DEFAULT);
    await clock.advanceAsync(1);
    expect(there.of(DEFAULT, 'BootNotification')).toBeUndefined();
    expect(here.of(DEFAULT, 'BootNotification')).toBeUndefined();
    expect(await there.get(DEFAULT)).toBeUndefined();
  });

  it('stay as they were when an entry cannot be read, which is counted', async () => {
    const bus = broker.connect('a');
    const settings = await openHandlerSettings(bus);
    await settings.put(DEFAULT, AUTHORIZE);
    const bucket = await bus.keyValue({ bucket: HANDLERS_BUCKET, maxAgeMs: 0, valueBytesMax: 16_384 });
    await bucket.put(DEFAULT, Buffer.from('{"v":2,"actions":{}}'));
    await clock.advanceAsync(1);
    expect(settings.of(DEFAULT, 'Authorize')).toMatchObject({ fallback: 'reject' });
    expect(settings.stats()).toMatchObject({ unreadable: 1, tenants: 1 });
    await expect(settings.get(DEFAULT)).rejects.toMatchObject({ code: 'newer-version' });
  });

  it('never go back to something older that the watch brings late', async () => {
    const bus = broker.connect('a');
    const held: KvChange[] = [];
    let release: (change: KvChange) => void = () => undefined;
    const settings = await openHandlerSettings({
      keyValue: async (options) => {
        const bucket = await bus.keyValue(options);
        return {
          ...bucket,
          watch: (filter, onChange, onReady) => {
            release = onChange;
            return bucket.watch(filter, (change) => void held.push(change), onReady);
          },
        };
      },
    });
    await (await openHandlerSettings(broker.connect('b'))).put(DEFAULT, AUTHORIZE);
    await clock.advanceAsync(1);
    await settings.put(DEFAULT, BOOT);
    const [late] = held;
    if (late === undefined) throw new Error('nothing watched');
    release(late);
    expect(settings.of(DEFAULT, 'BootNotification')).toBeDefined();
    expect(settings.of(DEFAULT, 'Authorize')).toBeUndefined();
  });

  it('are bounded: one tenant more is refused, and counted where it came from elsewhere', async () => {
    const small = await openHandlerSettings(broker.connect('small'), 1);
    const large = await openHandlerSettings(broker.connect('large'));
    await small.put(DEFAULT, AUTHORIZE);
    await expect(small.put(ACME, BOOT)).rejects.toMatchObject({ code: 'full' });
    await small.put(DEFAULT, BOOT);
    await clock.advanceAsync(1);
    await large.put(ACME, BOOT);
    await clock.advanceAsync(1);
    expect(small.of(ACME, 'BootNotification')).toBeUndefined();
    expect(small.of(DEFAULT, 'BootNotification')).toBeDefined();
    expect(small.stats()).toEqual({ tenants: 1, unreadable: 0, beyondBound: 1 });
  });

  it('are checked before they are written', async () => {
    const settings = await openHandlerSettings(broker.connect('a'));
    const wrong = { actions: { Heartbeat: { deadlineMs: 3000, attempts: 2, fallback: 'accept' as const } } };
    await expect(settings.put(DEFAULT, wrong)).rejects.toThrow(RegistryError);
    expect(await settings.get(DEFAULT)).toBeUndefined();
  });

  it('are not followed any more after they were closed', async () => {
    const closed = await openHandlerSettings(broker.connect('closed'));
    closed.close();
    await (await openHandlerSettings(broker.connect('a'))).put(DEFAULT, AUTHORIZE);
    await clock.advanceAsync(1);
    expect(closed.of(DEFAULT, 'Authorize')).toBeUndefined();
  });
});
