/** What a generator is told to do, and what it tells: plain JSON, because it travels between processes and machines. */

import type { OcppVersion } from '@voltlane/ocpp';
import type { LatencyPairs } from '../latency-counts.ts';
import type { Traffic } from '../traffic.ts';
import type { Target } from './handshake.ts';

/** The part of the fleet one generator plays. */
export interface GeneratorPlan {
  /** Identities are `<prefix><index>`; new for each run, so that nothing older in a journal is taken for ours. */
  readonly prefix: string;
  /** Index of the first charger. */
  readonly first: number;
  readonly chargers: number;
  readonly targets: readonly Target[];
  /** Local addresses to dial from, in turn; empty: the system's choice. */
  readonly sources: readonly string[];
  /** Versions spoken, in turn. */
  readonly versions: readonly OcppVersion[];
  readonly traffic: Traffic;
  /** First dials per second of this generator. */
  readonly dialsPerSecond: number;
  /** Chargers that lost their connection come back spread over this time, ms. */
  readonly reconnectSpreadMs: number;
  /** Share of chargers that read slowly or never answer commands, half of each. */
  readonly slowShare: number;
  readonly seed: number;
  /** When it tells where it stands, ms within a second. */
  readonly tickOffsetMs: number;
}

/** From the coordinator. */
export type GeneratorOrder =
  | { readonly kind: 'plan'; readonly plan: GeneratorPlan }
  /** Dial everybody, at the plan's rate. */
  | { readonly kind: 'ramp' }
  /** Begin no more calls, wait for answers, write the record down. */
  | { readonly kind: 'finish' }
  /** Close the sockets and end. */
  | { readonly kind: 'end' };

/** To the coordinator. */
export type GeneratorNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'tick'; readonly tick: GeneratorTick }
  /** `file` holds the charger records. */
  | { readonly kind: 'finished'; readonly file: string }
  | { readonly kind: 'failed'; readonly why: string };

/** Counts since the start of a generator. */
export const COUNTERS = [
  /** Calls sent, resends not counted. */
  'sent',
  /** Calls answered with the right result. */
  'answered',
  /** CALLERRORs. */
  'errors',
  /** Results that are not those of the call: wrong id, wrong content. */
  'wrong',
  /** Frames that no broker may send. */
  'broken',
  /** Calls without an answer for `ANSWER_MS_MAX`. */
  'timeouts',
  /** Calls that were due while the same call of the charger was still waiting: not sent. */
  'skipped',
  /** Calls that were due while the charger had no connection: not sent. */
  'missed',
  /** Calls sent again. */
  'resent',
  /** BootNotifications the broker put off. */
  'bootsDeferred',
  /** Connections opened. */
  'opened',
  /** Handshakes answered with an HTTP status. */
  'refused',
  /** Dials that found nobody. */
  'unreached',
  /** Connections that ended without the generator asking for it. */
  'closes',
  /** The same of chargers that are slow or mute on purpose. */
  'slowCloses',
  /** Commands received. */
  'commands',
] as const;

/** One of `COUNTERS`. */
export type CounterName = (typeof COUNTERS)[number];

/** All counts. */
export type Counters = Record<CounterName, number>;

/** Zero of each. */
export function zeroCounters(): Counters {
  return {
    sent: 0,
    answered: 0,
    errors: 0,
    wrong: 0,
    broken: 0,
    timeouts: 0,
    skipped: 0,
    missed: 0,
    resent: 0,
    bootsDeferred: 0,
    opened: 0,
    refused: 0,
    unreached: 0,
    closes: 0,
    slowCloses: 0,
    commands: 0,
  };
}

/** What latencies are kept apart by. */
export const LATENCIES = [
  'boot',
  'status',
  'start',
  'stop',
  'meter',
  'heartbeat',
  /** From the dial to the finished handshake. */
  'dial',
  /** Calls during which the charger lost its connection, or which were due while it had none. */
  'disturbed',
  /** Calls of chargers that are slow on purpose. */
  'slow',
  /** How late the generator itself sent, part of every other figure. */
  'sendDelay',
] as const;

/** One of `LATENCIES`. */
export type LatencyName = (typeof LATENCIES)[number];

/** Once a second: where a generator stands. Counts are since the start, latencies since the tick before. */
export interface GeneratorTick {
  readonly connected: number;
  /** Chargers whose present connection has had an answer. */
  readonly served: number;
  readonly dialing: number;
  readonly charging: number;
  readonly counters: Counters;
  /** Close codes seen, with counts since the start. */
  readonly closeCodes: Readonly<Record<string, number>>;
  /** Codes of CALLERRORs and HTTP statuses of refusals, with counts since the start. */
  readonly errorCodes: Readonly<Record<string, number>>;
  /** Absent when there were none. */
  readonly latencies: Partial<Record<LatencyName, LatencyPairs>>;
  /** User and system CPU time since the start, µs. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}
