/**
 * All traces of the process: who may begin one, how many there are, and the two lines of the log about each: who looked at which charger,
 * when, and how it ended. Never a frame.
 *
 * Bounds: `TRACES_MAX` of the process, `TRACES_PER_KEY_MAX` of one key, and those of `trace-run.ts` for each.
 */
import type { Bus } from '@voltlane/bus';
import type { Logger, Metrics } from '@voltlane/telemetry';
import { type Clock, type Random, randomId } from '@voltlane/time';
import { type ChargerAddress, type Subjects, traceId } from '@voltlane/wire';
import type { ProblemFacts } from '../problem.ts';
import type { Caller } from '../roles.ts';
import type { TraceEnd } from './trace-line.ts';
import { createTraceMetrics, type TraceMetrics } from './trace-metrics.ts';
import { TraceRun, type TraceSink } from './trace-run.ts';

/** What it works with. */
export interface TraceDeskPorts {
  readonly bus: Pick<Bus, 'publish' | 'subscribe' | 'onStatus' | 'status'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Logger, 'info'>;
  readonly metrics: Metrics;
  /** Longest a client may read nothing of what waits for it. */
  readonly stallMs: number;
}

/** A trace somebody asks for. */
export interface TraceRequest extends ChargerAddress {
  readonly caller: Caller;
  readonly requestId: string;
  readonly seconds: number;
  readonly framesMax: number;
  /** Begins the response; called once nothing can be refused any more. `closed` must be called when the client has gone. */
  readonly begin: (closed: () => void) => TraceSink;
}

/** For people who debug; each costs the bus what its charger says. */
export const TRACES_MAX = 32;
export const TRACES_PER_KEY_MAX = 4;
const TRACE_ID_CHARS = 16;

/** See the head of this file. */
export class TraceDesk {
  readonly #ports: TraceDeskPorts;
  readonly #metrics: TraceMetrics;
  /** Running traces with the key each belongs to. */
  readonly #running = new Map<TraceRun, string>();
  #stopping = false;

  constructor(ports: TraceDeskPorts) {
    this.#ports = ports;
    this.#metrics = createTraceMetrics(ports.metrics, () => this.#running.size);
  }

  /** Begins a trace, or says why not. */
  open(request: TraceRequest): ProblemFacts | undefined {
    const refusal = this.#refusal(request.caller.keyId);
    if (refusal !== undefined) return refusal;
    const { bus, subjects, clock, random, log, stallMs } = this.#ports;
    const { tenant, chargerId, caller, requestId, seconds, framesMax } = request;
    const id = traceId(randomId(random, TRACE_ID_CHARS));
    const facts = { tenant, chargerId, trace: id, request: requestId, keyId: caller.keyId, keyName: caller.name };
    const onEnded = (why: TraceEnd): void => {
      this.#running.delete(run);
      this.#metrics.ended(why);
      log.info({ ...facts, why, ...run.counts }, 'trace ended');
    };
    const { frame: onFrame, leftOut: onLeftOut, unreadable: onUnreadable } = this.#metrics;
    const sink = request.begin(() => run.end('client'));
    const run: TraceRun = new TraceRun(
      { bus, subjects, clock, onFrame, onLeftOut, onUnreadable, onEnded },
      { traceId: id, tenant, chargerId, seconds, framesMax, stallMs },
      sink,
    );
    this.#running.set(run, caller.keyId);
    log.info({ ...facts, seconds, framesMax }, 'trace began');
    run.start();
    return undefined;
  }

  /** Ends all traces. */
  stop(): void {
    this.#stopping = true;
    for (const run of this.#running.keys()) run.end('stopped');
  }

  #refusal(keyId: string): ProblemFacts | undefined {
    if (this.#stopping) return { code: 'stopping', detail: 'another process of the api takes it' };
    if (this.#ports.bus.status() !== 'connected')
      return { code: 'unavailable', detail: 'edges cannot be asked; try again' };
    if ([...this.#running.values()].filter((key) => key === keyId).length >= TRACES_PER_KEY_MAX) {
      this.#metrics.refused('key');
      return { code: 'too-many-traces', detail: `a key may have ${TRACES_PER_KEY_MAX} on one process` };
    }
    if (this.#running.size >= TRACES_MAX) {
      this.#metrics.refused('process');
      return { code: 'traces-exhausted', detail: `this process has ${TRACES_MAX}; another may have room` };
    }
    return undefined;
  }
}
