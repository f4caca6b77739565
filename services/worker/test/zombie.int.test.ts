/**
 * A worker is frozen by SIGSTOP, its partitions are taken over, and it wakes: nothing it does then has an effect. Proven by what is
 * in the journal (each message once, in order) and by what an edge would have accepted and had to refuse.
 */
import { eventsByCharger, readHistory, waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import type { PartitionId } from '@voltlane/wire';
import { partitionId } from '@voltlane/wire';
import { afterEach, describe, expect, it } from 'vitest';
import type { EdgePlayer } from './edge-player.ts';
import { createEdgePlayer } from './edge-player.ts';
import { BOOT, call, chargerPerPartition, opened, start } from './uplinks.ts';
import type { WorkerSet } from './worker-set.ts';
import { percentile, startWorkerSet } from './worker-set.ts';

const PARTITIONS = 64;
const TAKEOVER_MS_MAX = 3000;

let set: WorkerSet | undefined;
let edge: EdgePlayer | undefined;

afterEach(async () => {
  edge?.stop();
  await set?.stop();
  set = undefined;
  edge = undefined;
});

describe('zombie', () => {
  it('has no effect when it wakes after its partitions were taken over', { timeout: 120_000 }, async () => {
    set = await startWorkerSet(PARTITIONS, 2);
    edge = createEdgePlayer(set.bus, set.subjects, PARTITIONS);
    const { journal, subjects } = set;
    const player = edge;
    const chargers = chargerPerPartition(PARTITIONS);
    await set.settled();
    await Promise.all(chargers.map((charger) => player.send(opened(charger))));
    await Promise.all(chargers.map((charger) => player.send(call(charger, 1, 'BootNotification', BOOT))));

    const zombie = set.workers[0];
    if (zombie === undefined) throw new Error('no worker');
    const lost = set.heldBy(zombie.id).map((number) => partitionId(number));
    const before = new Map<PartitionId, number>(lost.map((p) => [p, set?.claims.get(p)?.epoch ?? 0]));
    expect(lost.length).toBeGreaterThan(10);

    // Calls lie in its socket when it falls asleep, and more come while it sleeps.
    const frozenMs = systemClock.monotonicMs();
    zombie.process.signal('SIGSTOP');
    const unserved: number[] = [];
    await Promise.all(
      chargers.map(async (charger, partition) => {
        await player.send(call(charger, 2, 'StartTransaction', start(1)));
        if (before.has(partitionId(partition))) unserved.push(systemClock.monotonicMs() - frozenMs);
      }),
    );
    const tookMs = Math.max(...unserved);
    console.log(
      `zombie: SIGSTOP, ${unserved.length} partitions, unserved p50 ${percentile(unserved, 0.5).toFixed(0)} ms, ` +
        `max ${tookMs.toFixed(0)} ms`,
    );
    expect(tookMs).toBeLessThan(TAKEOVER_MS_MAX);
    for (const [partition, epoch] of before) expect(player.highest(partition)).toBeGreaterThan(epoch);

    // It wakes with all copies of those calls in its socket, while the chargers go on elsewhere.
    const acceptedBefore = player.accepted.length;
    zombie.process.signal('SIGCONT');
    for (let seq = 3; seq < 8; seq += 1) {
      await Promise.all(chargers.map((charger) => player.send(call(charger, seq, 'StartTransaction', start(seq)))));
    }
    await waitUntil('the zombie took part again', () => (set?.heldBy(zombie.id).length ?? 0) === lost.length);
    await Promise.all(chargers.map((charger) => player.send(call(charger, 8, 'StartTransaction', start(8)))));
    expect(zombie.process.output()).toContain('partition dropped');

    // What it sent under its old epochs: nothing an edge believed, and nothing at all.
    const stale = player.accepted
      .slice(acceptedBefore)
      .filter(({ reply }) => reply.epoch <= (before.get(reply.partition) ?? 0));
    expect(stale).toEqual([]);
    expect(player.fenced).toEqual([]);
    const history = eventsByCharger(await readHistory(journal, subjects.eventFilter({})));
    for (const charger of chargers) {
      const told = (history.get(charger) ?? []).map(({ event, messageId }) =>
        `${event.kind} ${messageId ?? ''}`.trim(),
      );
      const starts = Array.from({ length: 7 }, (_, index) => `transaction.started m${index + 2}`);
      expect(told, charger).toEqual(['charger.connected', 'charger.booted m1', ...starts]);
    }
  });
});
