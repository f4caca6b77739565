import { createMemoryBus } from '@voltlane/bus';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { CLUSTER_BUCKET, openClusterSettings } from '../src/index.ts';

const KV = { bucket: CLUSTER_BUCKET, maxAgeMs: 0, valueBytesMax: 4096 };

describe('cluster settings', () => {
  it('are created once and read by everybody after', async () => {
    const clock = createFakeClock();
    const broker = createMemoryBus({ clock });
    const first = await openClusterSettings(broker.connect('a'), { partitions: 256 }, createSeededRandom(1), clock);
    expect(first).toMatchObject({ partitions: 256, createdAt: '2026-01-01T00:00:00.000Z' });
    expect(first.transactionIdKey).toHaveLength(32);
    clock.advance(5000);
    const second = await openClusterSettings(broker.connect('b'), { partitions: 256 }, createSeededRandom(2), clock);
    expect(second).toEqual(first);
  });

  it('are the same for processes that start at the same moment', async () => {
    const clock = createFakeClock();
    const broker = createMemoryBus({ clock });
    const all = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) =>
        openClusterSettings(broker.connect(`p${seed}`), { partitions: 16 }, createSeededRandom(seed), clock),
      ),
    );
    for (const settings of all) expect(settings).toEqual(all[0]);
  });

  it('refuse a process with another partition count and say both numbers', async () => {
    const clock = createFakeClock();
    const bus = createMemoryBus({ clock }).connect('a');
    await openClusterSettings(bus, { partitions: 256 }, createSeededRandom(1), clock);
    await expect(openClusterSettings(bus, { partitions: 128 }, createSeededRandom(1), clock)).rejects.toMatchObject({
      code: 'partitions-mismatch',
      retryable: false,
      message:
        'this cluster was created with 256 partitions, this process is configured with 128: ' +
        'set its partitions to 256; the number is fixed for the life of a cluster',
    });
  });

  it.each([0, -1, 1.5, Number.NaN, 65_537])('refuse to be created with %d partitions', async (partitions) => {
    const clock = createFakeClock();
    const bus = createMemoryBus({ clock }).connect('a');
    await expect(openClusterSettings(bus, { partitions }, createSeededRandom(1), clock)).rejects.toThrow(
      'partitions is',
    );
  });

  it.each([
    ['{"v":2}', 'newer-version'],
    ['{"v":1}', 'invalid-record'],
    ['nonsense', 'invalid-record'],
    ['{"v":1,"partitions":256,"transactionIdKey":"00","createdAt":"x"}', 'invalid-record'],
  ])('refuse stored settings %s', async (text, code) => {
    const clock = createFakeClock();
    const bus = createMemoryBus({ clock }).connect('a');
    await (await bus.keyValue(KV)).put('settings', Buffer.from(text));
    await expect(openClusterSettings(bus, { partitions: 256 }, createSeededRandom(1), clock)).rejects.toMatchObject({
      code,
    });
  });
});
