import type { KeyValue } from '@voltlane/bus';
import { createMemoryBus } from '@voltlane/bus';
import { createFakeClock } from '@voltlane/time';
import type { PartitionId } from '@voltlane/wire';
import { partitionId, workerId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { PartitionListener } from '../src/index.ts';
import { CLAIMS_BUCKET, decodeClaim, SoleOwner } from '../src/index.ts';

const PARTITIONS = 8;

async function claimsBucket(): Promise<KeyValue> {
  const bus = createMemoryBus({ clock: createFakeClock() }).connect('test');
  return bus.keyValue({ bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
}

function listener(): PartitionListener & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    gained: (partition, epoch) => void log.push(`gained ${partition} ${epoch}`),
    released: (partition) => {
      log.push(`released ${partition}`);
      return Promise.resolve();
    },
    lost: (partition) => void log.push(`lost ${partition}`),
  };
}

function owner(name: string, claims: KeyValue): SoleOwner {
  return new SoleOwner({ worker: workerId(name), partitions: PARTITIONS, claims });
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe('the sole owner', () => {
  it('claims every partition with epoch 1 in a new cluster', async () => {
    const claims = await claimsBucket();
    const told = listener();
    const subject = owner('w1', claims);
    expect(subject.healthy()).toBe(false);
    await subject.start(told);
    expect(told.log.toSorted()).toEqual(Array.from({ length: PARTITIONS }, (_, p) => `gained ${p} 1`));
    expect(subject.healthy()).toBe(true);
  });

  it('takes over from a worker that died without a word, with a higher epoch', async () => {
    const claims = await claimsBucket();
    await owner('w1', claims).start(listener());
    const second = owner('w2', claims);
    await second.start(listener());
    expect(second.epochOf(partitionId(3))).toBe(2);
  });

  it('notices that a later worker took its partitions, and says so for each once', async () => {
    const claims = await claimsBucket();
    const told = listener();
    const first = owner('w1', claims);
    await first.start(told);
    await owner('w2', claims).start(listener());
    await settle();
    expect(told.log.filter((line) => line.startsWith('lost')).length).toBe(PARTITIONS);
    expect(first.epochOf(partitionId(0))).toBeUndefined();
    expect(first.healthy()).toBe(false);
  });

  it('gives its claims up when it stops, and the epoch still grows for the next', async () => {
    const claims = await claimsBucket();
    const told = listener();
    const first = owner('w1', claims);
    await first.start(told);
    await first.stop();
    expect(told.log.filter((line) => line.startsWith('released')).length).toBe(PARTITIONS);
    const entry = await claims.get('p.0');
    expect(entry && decodeClaim(entry.value)).toEqual({ worker: undefined, epoch: 1 });
    const next = owner('w2', claims);
    await next.start(listener());
    expect(next.epochOf(partitionId(0))).toBe(2);
  });

  it('does not give up a claim another worker holds by now', async () => {
    const claims = await claimsBucket();
    const first = owner('w1', claims);
    await first.start(listener());
    const second = owner('w2', claims);
    await second.start(listener());
    await first.stop();
    const entry = await claims.get('p.0');
    expect(entry && decodeClaim(entry.value)).toEqual({ worker: 'w2', epoch: 2 });
  });

  it('and another that starts at the same moment end with exactly one holder for each partition', async () => {
    const claims = await claimsBucket();
    const owners = [owner('w1', claims), owner('w2', claims), owner('w3', claims)];
    await Promise.all(owners.map((each) => each.start(listener())));
    await settle();
    const all = Array.from({ length: PARTITIONS }, (_, index): PartitionId => partitionId(index));
    for (const partition of all) {
      expect(owners.filter((each) => each.epochOf(partition) !== undefined).length).toBe(1);
    }
  });
});
