/** The closed list of faults, what each means, and how fast the broker is meant to be over it. */

/** Kinds of faults. */
export const FAULT_KINDS = [
  'worker-kill',
  'edge-kill',
  'worker-freeze',
  'edge-freeze',
  'nats-kill',
  'socket-cut',
  'rolling-restart',
] as const;

/** One of `FAULT_KINDS`. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What a kind is, for people, and its target. */
export interface FaultFacts {
  readonly what: string;
  /** Whose calls count, from when. */
  readonly measure: string;
  /** Target of the reference machine for p99, ms; undefined where none is set. */
  readonly targetP99Ms: number | undefined;
}

/** The facts of each kind. */
export const FAULT_FACTS: Readonly<Record<FaultKind, FaultFacts>> = {
  'worker-kill': {
    what: 'SIGKILL of a worker',
    measure: 'from the kill until each partition the worker held answers',
    targetP99Ms: 1_500,
  },
  'edge-kill': {
    what: 'SIGKILL of an edge',
    measure: 'from the kill until each charger of the edge is served elsewhere, its own wait of 0.1–0.5 s included',
    targetP99Ms: undefined,
  },
  'worker-freeze': {
    what: 'SIGSTOP of a worker, SIGCONT after others took over',
    measure: 'from the stop until each partition the worker held answers',
    targetP99Ms: 3_000,
  },
  'edge-freeze': {
    what: 'SIGSTOP of an edge, SIGCONT some seconds later',
    measure: 'from SIGCONT until each charger of the edge is served',
    targetP99Ms: undefined,
  },
  'nats-kill': {
    what: 'SIGKILL of the NATS server that leads the journal',
    measure: 'from the kill until each probe is answered, journalled calls included',
    targetP99Ms: 5_000,
  },
  'socket-cut': {
    what: 'sockets of a third of the chargers cut',
    measure: 'from the cut until each of them is served, its own wait of 0–0.5 s included',
    targetP99Ms: undefined,
  },
  'rolling-restart': {
    what: 'SIGTERM and start again of every edge, then every worker, one by one',
    measure: 'latency of all calls due meanwhile, from their due time',
    targetP99Ms: undefined,
  },
};

/** True for a word of the list. */
export function isFaultKind(text: string): text is FaultKind {
  return FAULT_KINDS.some((kind) => kind === text);
}
