/**
 * A rolling restart of a set, one process after the other. An edge goes in this order: the balancer sends nobody new, the edge closes
 * its sockets at its pace (their chargers come back over the others) and ends, a new one starts, the balancer takes it in, and the next
 * edge waits until the chargers are back. On Kubernetes the first step is the preStop of edge.yaml and the last one its minReadySeconds.
 */
import { sleep, systemClock } from '@voltlane/time';
import { DeployError } from '../errors.ts';
import type { LocalSet } from './local-set.ts';
import type { SetMember } from './member.ts';

/** What is rolled. */
export type RollTarget = 'all' | 'edges' | 'workers';

/** How a roll tells and ends. */
export interface RollPorts {
  readonly say: (line: string) => void;
  /** Gives the roll up: the set stops. */
  readonly signal: AbortSignal;
}

const UP_MS_MAX = 30_000;
const BACK_MS_MAX = 60_000;
const POLL_MS = 200;
/** Chargers may also leave by themselves meanwhile. */
const BACK_SHARE = 0.95;

/** Rolls edges, then workers. Rejects with DeployError when one does not come back; the others run on. */
export async function roll(set: LocalSet, target: RollTarget, ports: RollPorts): Promise<void> {
  if (target !== 'workers') for (const edge of set.edges) await rollEdge(set, edge, ports);
  if (target !== 'edges') for (const worker of set.workers) await rollWorker(worker, ports);
}

async function rollEdge(set: LocalSet, edge: SetMember, { say, signal }: RollPorts): Promise<void> {
  const { process: one } = edge;
  const { name } = one.spec;
  const before = await chargersOf(set);
  const startMs = systemClock.monotonicMs();
  say(`${name}: out of the balancer, ${before.get(edge) ?? 0} chargers on it`);
  await set.balancer.takeOut(name);
  try {
    say(`${name}: ${describeEnd(await one.stop())}`);
    await one.start(signal);
  } finally {
    // Its health check decides: who did not start gets nobody.
    await set.balancer.putBack(name);
  }
  if (!(await until(() => set.balancer.isUp(name), UP_MS_MAX, signal)))
    throw new DeployError('not-ready', `${name} is not up for haproxy after ${UP_MS_MAX / 1000} s`);
  const wanted = sum(before) * BACK_SHARE;
  const isBack = await until(async () => sum(await chargersOf(set)) >= wanted, BACK_MS_MAX, signal);
  const now = sum(await chargersOf(set));
  const late = isBack ? '' : ' (not waited for any longer)';
  say(`${name}: back after ${secondsSince(startMs)} s, ${now} of ${sum(before)} chargers connected${late}`);
}

async function rollWorker({ process: one }: SetMember, { say, signal }: RollPorts): Promise<void> {
  const { name } = one.spec;
  const startMs = systemClock.monotonicMs();
  say(`${name}: ${describeEnd(await one.stop())}`);
  // Ready when it holds its share of the partitions.
  await one.start(signal);
  say(`${name}: back after ${secondsSince(startMs)} s`);
}

function describeEnd({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string {
  return code === 0 ? 'stopped cleanly' : `ended with ${code ?? signal}`;
}

function secondsSince(startMs: number): string {
  return ((systemClock.monotonicMs() - startMs) / 1000).toFixed(1);
}

/** Sockets of each edge; of one that does not answer, none. */
async function chargersOf({ edges }: LocalSet): Promise<ReadonlyMap<SetMember, number>> {
  const counts = new Map<SetMember, number>();
  for (const edge of edges) {
    if (edge.process.pid === undefined) continue;
    try {
      const response = await fetch(edge.metrics, { signal: AbortSignal.timeout(2_000) });
      counts.set(edge, Number(/^voltlane_edge_connections(?:\{[^}]*\})? (\d+)/m.exec(await response.text())?.[1] ?? 0));
    } catch {
      // It ended just now; the wait asks again.
    }
  }
  return counts;
}

function sum(counts: ReadonlyMap<SetMember, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** Asks until it is so; false when it did not become so in time. */
async function until(probe: () => Promise<boolean>, msMax: number, signal: AbortSignal): Promise<boolean> {
  const deadlineMs = systemClock.monotonicMs() + msMax;
  for (;;) {
    if (signal.aborted) throw new DeployError('given-up', 'the roll was given up: the set stops');
    if (await probe()) return true;
    if (systemClock.monotonicMs() > deadlineMs) return false;
    await sleep(systemClock, POLL_MS);
  }
}
