/** Inflicts one fault on a running broker, measures it, and sees to it that all is well afterwards. */

import type { ServiceNode } from '@voltlane/testkit';
import { waitUntil } from '@voltlane/testkit';
import type { Random } from '@voltlane/time';
import { sleep, systemClock } from '@voltlane/time';
import type { BrokerCluster } from './broker-cluster.ts';
import type { FaultKind } from './fault-kind.ts';
import type { FaultOutcome } from './fault-outcome.ts';
import type { Probe, ProbeFleet, Watch } from './probes.ts';
import { draw } from './schedule.ts';
import type { SessionFleet } from './sessions.ts';
import type { Tally } from './tally.ts';
import { sightingsBetween } from './tally.ts';

/** What a fault works on. */
export interface FaultContext {
  readonly cluster: BrokerCluster;
  readonly probes: ProbeFleet;
  readonly sessions: SessionFleet;
  readonly tally: Tally;
  readonly random: Random;
  readonly startedMs: number;
}

/** What the fault itself tells; the rest is measured around it. */
interface Blow {
  readonly target: string;
  readonly timesMs?: readonly number[];
  readonly unserved?: number;
  readonly electedAfterMs?: number | undefined;
  readonly problems?: readonly string[];
  readonly notes?: readonly string[];
}

/** Chargers wait 30 s for an answer; nobody may be without service for longer. */
const SERVED_MS_MAX = 30_000;
/** A killed process stays away this long. */
const AWAY_MS = 2_000;
/** Workers expire after 1 s; a frozen one stays frozen for longer. */
const FROZEN_MS_MIN = 3_000;
const FROZEN_MS_SPREAD = 3_000;
const CUT_SHARE = 1 / 3;
/** After a rolling restart, until late answers are in. */
const SETTLE_MS = 2_000;

const BLOWS: Readonly<Record<FaultKind, (context: FaultContext) => Promise<Blow>>> = {
  'worker-kill': killWorker,
  'edge-kill': killEdge,
  'worker-freeze': freezeWorker,
  'edge-freeze': freezeEdge,
  'nats-kill': killJournalLeader,
  'socket-cut': cutSockets,
  'rolling-restart': rollingRestart,
};

/** Inflicts the fault and waits until the broker is well again. */
export async function inflict(kind: FaultKind, context: FaultContext): Promise<FaultOutcome> {
  const { cluster, probes, tally } = context;
  const fromMs = systemClock.monotonicMs();
  const before = tally.now();
  const endWindow = probes.measure();
  const blow = await BLOWS[kind](context);
  const problems = [...(blow.problems ?? [])];
  const overMs = systemClock.monotonicMs();
  try {
    await cluster.healthy();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const healthyAfterMs = systemClock.monotonicMs() - overMs;
  await sleep(systemClock, kind === 'rolling-restart' ? SETTLE_MS : 0);
  const load = endWindow();
  const seen = sightingsBetween(before, tally.now());
  if (seen.errors > 0) problems.push(`chargers saw ${seen.errors} CALLERRORs`);
  if (seen.timeouts > 0) problems.push(`${seen.timeouts} calls timed out`);
  if (seen.badFrames > 0) problems.push(`chargers saw ${seen.badFrames} bad frames`);
  const unserved = blow.unserved ?? 0;
  if (unserved > 0) problems.push(`${unserved} probes not served within ${SERVED_MS_MAX / 1000} s`);
  return {
    kind,
    target: blow.target,
    atS: (fromMs - context.startedMs) / 1000,
    timesMs: blow.timesMs ?? load.latenciesMs,
    unserved,
    callsPerSecond: load.callsPerSecond,
    healthyAfterMs,
    electedAfterMs: blow.electedAfterMs,
    seen,
    problems,
    notes: [...(blow.notes ?? []), ...(load.merged > 0 ? [`${load.merged} calls came due while one was waiting`] : [])],
  };
}

async function killWorker({ cluster, probes, random }: FaultContext): Promise<Blow> {
  const worker = draw(cluster.workers, random);
  const held = cluster.observer.partitionsOf(worker.workerId());
  const watch = probes.watch(probes.probes.filter(({ partition }) => held.has(partition)));
  await worker.kill();
  const measured = await untilServed(watch);
  await sleep(systemClock, AWAY_MS);
  await worker.start();
  return { target: worker.name, ...measured, notes: [`held ${held.size} partitions`] };
}

async function freezeWorker({ cluster, probes, random }: FaultContext): Promise<Blow> {
  const worker = draw(cluster.workers, random);
  const held = cluster.observer.partitionsOf(worker.workerId());
  const frozenMs = FROZEN_MS_MIN + random.next() * FROZEN_MS_SPREAD;
  const fencedBefore = await fencedBy(cluster);
  const watch = probes.watch(probes.probes.filter(({ partition }) => held.has(partition)));
  const wake = sleep(systemClock, frozenMs);
  worker.freeze();
  const measured = await untilServed(watch);
  await wake;
  worker.resume();
  const dropped = await waitUntil('the woken worker drops what it held', () => droppedBy(worker), {
    timeoutMs: SERVED_MS_MAX,
  }).catch(() => undefined);
  const conflicts = await worker.metric('voltlane_worker_append_conflicts_total');
  const fenced = (await fencedBy(cluster)) - fencedBefore;
  return {
    target: worker.name,
    ...measured,
    problems:
      dropped === undefined ? [`${worker.name} woke after ${Math.round(frozenMs)} ms and kept its partitions`] : [],
    notes: [
      `held ${held.size} partitions, frozen for ${Math.round(frozenMs)} ms, dropped ${dropped ?? 0}`,
      `refused: ${conflicts} of its appends, ${fenced} messages to edges`,
    ],
  };
}

/** Messages with an old epoch that the edges have refused. */
async function fencedBy({ edges }: BrokerCluster): Promise<number> {
  const counts = await Promise.all(edges.map((edge) => edge.metric('voltlane_edge_downlinks_total', 'fate="fenced"')));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Partitions this process has dropped: it fenced itself, or saw others take them. */
async function droppedBy(worker: ServiceNode): Promise<number | undefined> {
  const lost = await worker.metric('voltlane_worker_partitions_lost_total');
  return lost > 0 ? lost : undefined;
}

async function killEdge(context: FaultContext): Promise<Blow> {
  const { index, edge, own } = busyEdge(context);
  const watch = context.probes.watch(own);
  await edge.kill();
  const measured = await untilServed(watch);
  await sleep(systemClock, AWAY_MS);
  await edge.start();
  return { target: `edge ${index + 1}`, ...measured };
}

async function freezeEdge(context: FaultContext): Promise<Blow> {
  const { edge, own } = busyEdge(context);
  const frozenMs = FROZEN_MS_MIN + context.random.next() * FROZEN_MS_SPREAD;
  edge.freeze();
  await sleep(systemClock, frozenMs);
  const watch = context.probes.watch(own);
  edge.resume();
  return { target: edge.name, ...(await untilServed(watch)), notes: [`frozen for ${Math.round(frozenMs)} ms`] };
}

async function killJournalLeader({ cluster, probes }: FaultContext): Promise<Blow> {
  const leader = await waitUntil('the journal to have a leader', () => cluster.observer.journalLeader());
  const server = cluster.nats.servers[Number(leader.slice(1)) - 1];
  if (server === undefined) throw new Error(`no server is called ${leader}`);
  const watch = probes.watch(probes.probes);
  const fromMs = systemClock.monotonicMs();
  await server.kill();
  const elected = waitUntil('other leaders', async () =>
    (await cluster.observer.ledWithout(leader)) ? Math.round(systemClock.monotonicMs() - fromMs) : undefined,
  ).catch(() => undefined);
  const measured = await untilServed(watch);
  const electedAfterMs = await elected;
  await sleep(systemClock, AWAY_MS);
  await server.restart();
  return {
    target: `NATS server ${leader}`,
    ...measured,
    electedAfterMs,
    notes: [
      electedAfterMs === undefined ? 'no other leaders seen' : `NATS had other leaders after ${electedAfterMs} ms`,
    ],
  };
}

async function cutSockets({ probes, sessions, random }: FaultContext): Promise<Blow> {
  const chosen = probes.probes.filter(() => random.next() < CUT_SHARE);
  const watch = probes.watch(chosen);
  for (const probe of chosen) probe.cut(Math.round(random.next() * 500));
  const others = sessions.cut(CUT_SHARE, random);
  return { target: `${chosen.length + others} sockets`, ...(await untilServed(watch)) };
}

async function rollingRestart({ cluster }: FaultContext): Promise<Blow> {
  const nodes: readonly ServiceNode[] = [...cluster.edges, ...cluster.workers];
  const problems: string[] = [];
  const stopsMs: number[] = [];
  for (const node of nodes) {
    const fromMs = systemClock.monotonicMs();
    const exit = await node.stop();
    stopsMs.push(systemClock.monotonicMs() - fromMs);
    if (exit.code !== 0) {
      problems.push(`${node.name} ended with ${exit.code ?? exit.signal}; it wrote last: ${node.logTail()}`);
    }
    await node.start();
    await cluster.healthy();
  }
  const longest = Math.round(Math.max(...stopsMs));
  return { target: `${nodes.length} processes`, problems, notes: [`the longest stop took ${longest} ms`] };
}

/** An edge that holds a fair share of the probes. */
function busyEdge({ cluster, probes, random }: FaultContext): {
  index: number;
  edge: ServiceNode;
  own: readonly Probe[];
} {
  const fair = probes.probes.length / cluster.edges.length / 3;
  const edges = cluster.edges.map((edge, index) => {
    const own = probes.probes.filter((probe) => probe.edge() === index);
    return { index, edge, own };
  });
  return draw(
    edges.filter(({ own }) => own.length >= fair),
    random,
  );
}

async function untilServed(watch: Watch): Promise<{ timesMs: readonly number[]; unserved: number }> {
  await waitUntil('all to be served', () => watch.waiting() === 0, { timeoutMs: SERVED_MS_MAX, everyMs: 10 }).catch(
    () => undefined,
  );
  return { timesMs: watch.served(), unserved: watch.waiting() };
}
