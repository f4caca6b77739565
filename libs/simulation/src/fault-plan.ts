/** Which faults a seed brings. Pure. */
import type { Random } from '@voltlane/time';
import type { Fault, FaultKind, LinkFaultKind, NodeFaultKind } from './fault.ts';
import { between, oneOf, stream, whole } from './streams.ts';

/** How much goes wrong. */
export type Intensity = 'none' | 'some' | 'harsh';

/** Faults an hour brings. */
const PER_HOUR: Readonly<Record<Intensity, number>> = { none: 0, some: 16, harsh: 60 };

/** Kinds with their weight, longest duration, and range of amounts. */
type Row<K> = readonly [
  kind: K,
  weight: number,
  durationMinMs: number,
  durationMaxMs: number,
  low: number,
  high: number,
];

const NODE_FAULTS: readonly Row<NodeFaultKind>[] = [
  ['busDelay', 2, 5_000, 60_000, 5, 6_000],
  ['busDrop', 2, 5_000, 60_000, 0.01, 0.4],
  ['busDuplicate', 1, 5_000, 120_000, 0.05, 0.5],
  ['partition', 2, 1, 40_000, 0, 0],
  ['pause', 3, 1, 40_000, 0, 0],
  ['crash', 3, 1, 30_000, 0, 0],
  ['stop', 2, 1, 10_000, 0, 0],
  ['storeRefuse', 1, 5_000, 30_000, 0.05, 0.5],
  ['storeForget', 2, 5_000, 60_000, 0.05, 0.6],
  ['storeSlow', 2, 5_000, 60_000, 5, 9_000],
];

const LINK_FAULTS: readonly Row<LinkFaultKind>[] = [
  ['linkCut', 3, 1, 1_000, 0, 0],
  ['linkSilent', 3, 1, 1_000, 0, 0],
  ['linkBlackhole', 2, 1, 120_000, 0, 0],
  ['linkStall', 2, 5_000, 60_000, 100, 8_000],
  ['impostor', 1, 1, 60_000, 0, 0],
  ['reboot', 1, 1, 1_000, 0, 0],
];

/** Share of faults that hit nodes, and of these the ones that hit workers. */
const NODE_SHARE = 0.65;
const WORKER_SHARE = 0.6;

/** What the plan is made for. */
export interface PlanFrame {
  readonly seed: number;
  readonly intensity: Intensity;
  /** Chargers that do more in an hour meet more faults in it. */
  readonly pace: number;
  readonly edges: number;
  readonly workers: number;
  /** Only these kinds; default: all. */
  readonly kinds?: readonly FaultKind[] | undefined;
  /** Faults begin and end within. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The faults of a seed, by time. */
export function planFaults(frame: PlanFrame): readonly Fault[] {
  const random = stream(frame.seed, 'faults');
  const spanMs = frame.untilMs - frame.fromMs;
  const perHour = PER_HOUR[frame.intensity] * Math.max(1, frame.pace / 4);
  const count = Math.round((perHour * spanMs) / 3_600_000);
  const faults: Fault[] = [];
  for (let id = 1; id <= count; id += 1) faults.push(planFault(frame, random, id));
  return faults.sort((a, b) => a.atMs - b.atMs || a.id - b.id);
}

function planFault(frame: PlanFrame, random: Random, id: number): Fault {
  const wanted = <K extends FaultKind>(rows: readonly Row<K>[]): readonly Row<K>[] =>
    rows.filter(([kind]) => frame.kinds?.includes(kind) ?? true);
  const nodeFaults = wanted(NODE_FAULTS);
  const linkFaults = wanted(LINK_FAULTS);
  const onNode = linkFaults.length === 0 || (nodeFaults.length > 0 && random.next() < NODE_SHARE);
  const row = onNode ? weighted(random, nodeFaults) : weighted(random, linkFaults);
  const [kind, , durationMin, durationMax, low, high] = row;
  const atMs = between(random, frame.fromMs, frame.untilMs);
  const longest = Math.min(durationMax, frame.untilMs - atMs);
  // Short ones are as telling as long ones, so lengths spread over the orders of magnitude.
  const least = Math.max(1, Math.min(durationMin, longest));
  const durationMs = Math.round(least * Math.exp(random.next() * Math.log(Math.max(1, longest / least))));
  const amount = Number((low + random.next() ** 2 * (high - low)).toPrecision(3));
  const node =
    random.next() < WORKER_SHARE ? `worker-${whole(random, frame.workers)}` : `edge-${whole(random, frame.edges)}`;
  const share = oneOf(random, [0.005, 0.02, 0.1, 0.5]);
  const fault = { id, atMs, durationMs, amount };
  return isNodeFault(kind) ? { ...fault, kind, node } : { ...fault, kind, share };
}

function isNodeFault(kind: FaultKind): kind is NodeFaultKind {
  return NODE_FAULTS.some(([name]) => name === kind);
}

function weighted<T extends readonly [unknown, number, ...unknown[]]>(random: Random, rows: readonly T[]): T {
  let at = random.next() * rows.reduce((sum, row) => sum + row[1], 0);
  for (const row of rows) {
    at -= row[1];
    if (at < 0) return row;
  }
  return oneOf(random, rows);
}
