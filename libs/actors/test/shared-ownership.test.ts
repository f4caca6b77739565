/** Ownership by several workers, without faults of the bus; crashes and hangs are in single-owner.test.ts. */
import { partitionId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';

const PARTITIONS = 32;

async function cluster(...names: string[]): Promise<Cluster> {
  const made = new Cluster(PARTITIONS);
  await made.observe();
  for (const name of names) await made.join(name);
  expect(await made.until(() => made.settledOn(names), 3000)).toBeLessThan(1000);
  return made;
}

describe('shared ownership', () => {
  it('gives a single worker everything at once, with epoch 1, and only then calls it healthy', async () => {
    const made = new Cluster(PARTITIONS);
    await made.observe();
    const node = await made.join('w1');
    expect(node.ownership.healthy()).toBe(false);
    await made.clock.advanceAsync(0);
    await node.started;
    expect(node.ownership.healthy()).toBe(true);
    expect(node.log.toSorted()).toEqual(made.partitions.map((p) => `gained ${p} 1`).toSorted());
    expect(await made.claim(0)).toEqual({ worker: 'w1', epoch: 1 });
  });

  it('shares with a newcomer, moving only what the newcomer wins', async () => {
    const made = await cluster('w1');
    const before = new Map(made.partitions.map((p) => [p, made.epochOf(p)]));
    await made.join('w2');
    expect(await made.until(() => made.settledOn(['w1', 'w2']), 3000)).toBeLessThan(300);
    for (const partition of made.partitions) {
      const moved = made.holderOf(partition) === 'w2';
      expect(made.epochOf(partition)).toBe((before.get(partition) ?? 0) + (moved ? 1 : 0));
    }
    expect(made.node('w1').log.filter((line) => line.startsWith('lost'))).toEqual([]);
    expect(made.violations).toEqual([]);
  });

  it('rests once it has settled: no claim is written any more', async () => {
    const made = await cluster('w1', 'w2', 'w3');
    const told = made.living().map((node) => node.log.length);
    await made.pass(20_000, 50);
    expect(made.living().map((node) => node.log.length)).toEqual(told);
  });

  it('hands over a few partitions at a time', async () => {
    const made = await cluster('w1');
    const release = made.node('w1').holdMailboxes();
    await made.join('w2');
    await made.pass(100);
    const released = (): number => made.node('w1').log.filter((line) => line.startsWith('released')).length;
    expect(released()).toBe(8);
    release();
    await made.until(() => made.settledOn(['w1', 'w2']), 3000);
    expect(released()).toBeGreaterThan(8);
    expect(made.violations).toEqual([]);
  });

  it('keeps acting for a partition until its mailbox is finished', async () => {
    const made = await cluster('w1');
    const release = made.node('w1').holdMailboxes();
    await made.join('w2');
    await made.pass(1000);
    expect(made.partitions.every((p) => made.node('w1').ownership.epochOf(p) === 1)).toBe(true);
    release();
    expect(await made.until(() => made.settledOn(['w1', 'w2']), 3000)).toBeLessThan(100);
  });

  it('drops a mailbox that does not finish within handOverMs', async () => {
    const made = await cluster('w1');
    made.node('w1').holdMailboxes();
    await made.join('w2');
    await made.until(() => made.settledOn(['w1', 'w2']), 20_000, 50);
    expect(made.settledOn(['w1', 'w2'])).toBe(true);
    const { handedOver, handOverTimeouts } = made.node('w1').ownership.stats();
    expect(handOverTimeouts).toBe(handedOver);
    expect(made.node('w1').log.filter((line) => line.startsWith('lost')).length).toBe(handedOver);
    expect(made.violations).toEqual([]);
  });

  it('calls a newcomer healthy while it waits only for live holders', async () => {
    const made = await cluster('w1');
    made.node('w1').holdMailboxes();
    const newcomer = await made.join('w2');
    await made.pass(500);
    expect(newcomer.log).toEqual([]);
    expect(newcomer.ownership.healthy()).toBe(true);
  });

  it('lets a leaving worker give everything to the others without a gap in time or a lost partition', async () => {
    const made = await cluster('w1', 'w2', 'w3');
    const stopped = made.node('w2').ownership.stop();
    expect(await made.until(() => made.settledOn(['w1', 'w3']), 3000)).toBeLessThan(100);
    await stopped;
    expect(made.node('w2').log.filter((line) => line.startsWith('lost'))).toEqual([]);
    expect(made.node('w2').running.size).toBe(0);
    expect(made.node('w1').ownership.stats().members).toBe(2);
    expect(made.violations).toEqual([]);
  });

  it('frees everything when the last one leaves, and the epochs still grow for the next', async () => {
    const made = await cluster('w1');
    await made.node('w1').ownership.stop();
    expect(await made.claim(0)).toEqual({ worker: undefined, epoch: 1 });
    const next = await made.join('w2');
    await made.clock.advanceAsync(0);
    await next.started;
    expect(next.ownership.epochOf(partitionId(0))).toBe(2);
  });

  it('settles when two join at the same moment', async () => {
    const made = await cluster('w1');
    await Promise.all([made.join('w2'), made.join('w3')]);
    expect(await made.until(() => made.settledOn(['w1', 'w2', 'w3']), 3000)).toBeLessThan(500);
    expect(made.violations).toEqual([]);
  });

  it('does not pass a partition to and fro when one worker cannot see another', async () => {
    const made = await cluster('w1', 'w2', 'w3');
    // From now on w1 takes w3 for dead, while w3 and w2 know better.
    made.node('w1').hidden.add('w3');
    await made.pass(3000);
    const told = made.living().map((node) => node.log.length);
    await made.pass(10_000, 50);
    expect(made.living().map((node) => node.log.length)).toEqual(told);
    expect(made.allOwned()).toBe(true);
    made.node('w1').hidden.clear();
    expect(await made.until(() => made.settledOn(['w1', 'w2', 'w3']), 3000)).toBeLessThan(1000);
  });

  it('keeps everything where it is when an operator removes the entry of a live member', async () => {
    const made = await cluster('w1', 'w2');
    const told = made.living().map((node) => node.log.length);
    const members = await made.broker
      .connect('operator')
      .keyValue({ bucket: 'voltlane_workers', maxAgeMs: 0, valueBytesMax: 1024 });
    await members.delete('w1');
    await made.pass(3000, 50);
    expect(made.living().map((node) => node.log.length)).toEqual(told);
    expect(made.violations).toEqual([]);
  });

  it('does not touch a claim nobody can read, and serves the others', async () => {
    const made = new Cluster(PARTITIONS);
    const claims = await made.broker
      .connect('operator')
      .keyValue({ bucket: 'voltlane_claims', maxAgeMs: 0, valueBytesMax: 1024 });
    await claims.put('p.5', new TextEncoder().encode('{"oops":1}'));
    await made.join('w1');
    await made.pass(2000, 50);
    expect(made.partitions.filter((p) => made.holderOf(p) === undefined)).toEqual([5]);
    expect(made.node('w1').ownership.healthy()).toBe(false);
    expect(made.node('w1').ownership.stats()).toMatchObject({ held: PARTITIONS - 1, unowned: 1 });
  });

  it('counts as unowned what no live worker acts for, and everything while it is fenced itself', async () => {
    const made = await cluster('w1', 'w2');
    const unowned = (name: string): number => made.node(name).ownership.stats().unowned;
    expect([unowned('w1'), unowned('w2')]).toEqual([0, 0]);
    made.freeze('w1');
    // Others may still act for what a fenced worker held; only they can tell.
    await made.pass(800);
    expect([unowned('w1'), unowned('w2')]).toEqual([PARTITIONS, 0]);
    await made.until(() => made.settledOn(['w2']), 3000);
    expect(unowned('w2')).toBe(0);
  });

  it('takes a partition again, with a higher epoch, when an operator removes its claim', async () => {
    const made = await cluster('w1');
    const claims = await made.broker
      .connect('operator')
      .keyValue({ bucket: 'voltlane_claims', maxAgeMs: 0, valueBytesMax: 1024 });
    await claims.delete('p.7');
    await made.pass(300);
    expect(await made.claim(7)).toEqual({ worker: 'w1', epoch: 2 });
    expect(made.allOwned()).toBe(true);
  });
});
