import { createMemoryBus, type KeyValue, type MemoryFaults } from '@voltlane/bus';
import { LAST_SEEN_BUCKET, LAST_SEEN_PAGE_BYTES_MAX, lastSeenKey } from '@voltlane/charger-state';
import { createFakeClock, type FakeClock } from '@voltlane/time';
import {
  type ChargerSeen,
  chargerId,
  decodeLastSeen,
  encodeLastSeen,
  epoch,
  partitionId,
  tenant,
} from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { mergeLastSeen, startLastSeen } from '../src/last-seen.ts';

const T = tenant('t');
const P1 = partitionId(1);

interface Rig {
  readonly clock: FakeClock;
  readonly bucket: KeyValue;
  readonly actors: { tenant: typeof T; chargerId: ReturnType<typeof chargerId>; heardMonotonicMs: number }[];
  readonly counts: { written: number; failed: number };
  readonly held: Set<number>;
  readonly hear: (id: string) => void;
  readonly page: () => Promise<string[]>;
}

async function rig(intervalMs: number, faults?: MemoryFaults): Promise<Rig> {
  const clock = createFakeClock();
  const broker = createMemoryBus({ clock, ...(faults === undefined ? {} : { faults }) });
  const options = { bucket: LAST_SEEN_BUCKET, maxAgeMs: 0, valueBytesMax: LAST_SEEN_PAGE_BYTES_MAX };
  const bucket = await broker.connect('worker').keyValue(options);
  const actors: Rig['actors'] = [];
  const counts = { written: 0, failed: 0 };
  const held = new Set([1]);
  startLastSeen(
    {
      bucket,
      ownership: { epochOf: (partition) => (held.has(partition) ? epoch(1) : undefined) },
      partitions: 4,
      actorsOf: (partition) => (partition === P1 ? actors : []),
      clock,
      log: { warn: () => {} },
      metrics: {
        lastSeenWritten: (chargers) => {
          counts.written += chargers;
        },
        lastSeenFailed: () => {
          counts.failed += 1;
        },
      },
    },
    intervalMs,
  );
  return {
    clock,
    bucket,
    actors,
    counts,
    held,
    hear: (id) => {
      const actor = actors.find((one) => one.chargerId === id);
      if (actor === undefined)
        actors.push({ tenant: T, chargerId: chargerId(id), heardMonotonicMs: clock.monotonicMs() });
      else actor.heardMonotonicMs = clock.monotonicMs();
    },
    page: async () => {
      const entry = await bucket.get(lastSeenKey(P1));
      if (entry === undefined) return [];
      const startS = Math.floor((clock.nowMs() - clock.monotonicMs()) / 1_000);
      return decodeLastSeen(entry.value).chargers.map((seen) => `${seen.chargerId}@${seen.seenAtS - startS}`);
    },
  };
}

function seen(id: string, seenAtS: number): ChargerSeen {
  return { tenant: T, chargerId: chargerId(id), seenAtS };
}

describe('last seen', () => {
  it('is written once per interval for the chargers heard of since, beside those heard of before', async () => {
    const { clock, hear, page, counts } = await rig(60_000);
    await clock.advanceAsync(10_000);
    hear('A');
    hear('B');
    await clock.advanceAsync(60_000);
    expect(await page()).toEqual(['A@10', 'B@10']);
    hear('B');
    await clock.advanceAsync(60_000);
    expect(await page()).toEqual(['B@70', 'A@10']);
    expect(counts).toEqual({ written: 3, failed: 0 });
    await clock.advanceAsync(600_000);
    expect(counts).toEqual({ written: 3, failed: 0 });
  });

  it('is not written for partitions of others, nor with an interval of 0', async () => {
    const others = await rig(60_000);
    others.held.clear();
    others.hear('A');
    await others.clock.advanceAsync(120_000);
    expect(others.counts.written).toBe(0);
    const never = await rig(0);
    never.hear('A');
    await never.clock.advanceAsync(120_000);
    expect(never.counts.written).toBe(0);
  });

  it('keeps what another owner wrote before', async () => {
    const { clock, bucket, hear, page } = await rig(60_000);
    const startS = Math.floor(clock.nowMs() / 1_000);
    const before = { writtenAtS: startS, chargers: [seen('A', startS - 5), seen('B', startS + 20)] };
    await bucket.put(lastSeenKey(P1), encodeLastSeen({ ...before, writtenAtS: startS + 100 }));
    hear('A');
    hear('b');
    await clock.advanceAsync(60_000);
    expect((await page()).toSorted()).toEqual(['A@0', 'B@20']);
  });

  it('is tried again in the next round when the bus failed it or another owner came first', async () => {
    let refuse = true;
    const { clock, hear, page, counts } = await rig(60_000, {
      store: ({ kind, subject }) => (refuse && kind === 'write' && subject !== '' ? 'refuse' : 'pass'),
    });
    hear('A');
    await clock.advanceAsync(70_000);
    expect(counts).toEqual({ written: 0, failed: 1 });
    refuse = false;
    await clock.advanceAsync(60_000);
    expect(await page()).toEqual(['A@0']);
    expect(counts).toEqual({ written: 1, failed: 1 });
  });

  it('begins a page anew that cannot be read, and leaves one of a newer version alone', async () => {
    const { clock, bucket, hear, page, counts } = await rig(60_000);
    await bucket.put(lastSeenKey(P1), Uint8Array.of(1, 2, 3));
    hear('A');
    await clock.advanceAsync(60_000);
    expect(await page()).toEqual(['A@0']);
    const newer = Uint8Array.of(0x94, 9, 36, 1, 0);
    await bucket.put(lastSeenKey(P1), newer);
    hear('A');
    await clock.advanceAsync(60_000);
    expect((await bucket.get(lastSeenKey(P1)))?.value).toEqual(newer);
    expect(counts.failed).toBe(1);
  });
});

describe('a page of last seen chargers', () => {
  it('drops who was not heard of for longer than any heartbeat interval', () => {
    const day = 24 * 3_600;
    const page = mergeLastSeen([seen('old', 100), seen('young', 3 * day)], [], 100 + 8 * day + 1);
    expect(page.chargers.map((entry) => entry.chargerId)).toEqual(['young']);
  });

  it('never outgrows its bound; those unheard for longest go', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => seen(`${'x'.repeat(250)}${index}`, 1_000 + index));
    const page = mergeLastSeen(many, [], 5_000);
    expect(encodeLastSeen(page).length).toBeLessThanOrEqual(LAST_SEEN_PAGE_BYTES_MAX);
    expect(page.chargers.length).toBeGreaterThan(1_900);
    expect(page.chargers.length).toBeLessThan(3_000);
    expect(Math.min(...page.chargers.map((entry) => entry.seenAtS))).toBe(4_000 - page.chargers.length);
  });
});
