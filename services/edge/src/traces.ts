/**
 * Who looks at the frames of which charger of this edge. An api asks all edges, again and again while somebody looks; each ask is a lease
 * of a few seconds, and running out is all the clean-up there is: an api that dies leaves nothing, a charger that comes later or from
 * another edge is followed. Nobody asks: one subscription, and one test for undefined a frame.
 *
 * Bounds: `TRACES_MAX` leases (one more is told so), `BYTES_PER_SECOND_MAX` of text to each. What is above it is left out and
 * counted: reports are numbered, so that the reader knows how much is missing, here or on the way.
 */
import type { Bus, BusMessage, Subscription } from '@voltlane/bus';
import type { CancelTimer, Clock } from '@voltlane/time';
import type { EdgeId, SessionId, Subjects, TraceAsk, TraceEvent, TraceId, TraceReport } from '@voltlane/wire';
import { decodeTraceAsk, encodeTraceReport, WireError } from '@voltlane/wire';
import type { Connection } from './connection.ts';
import { createFrameTap } from './frame-tap.ts';
import type { EdgeMetrics } from './metrics.ts';
import type { Sessions } from './sessions.ts';
import { chargerKey } from './sessions.ts';

/** What traces work with. */
export interface TracePorts {
  readonly edgeId: EdgeId;
  readonly bus: Pick<Bus, 'subscribe' | 'publish'>;
  readonly subjects: Subjects;
  readonly sessions: Pick<Sessions, 'openOf'>;
  readonly clock: Clock;
  readonly metrics: Pick<EdgeMetrics, 'downlink' | 'traceRefused' | 'traceReport'>;
}

/** One who looks. */
interface Lease {
  readonly traceId: TraceId;
  endsAtMs: number;
  /** Number of the last report, and of the last one that was published. */
  n: number;
  toldN: number;
  /** The second that is counted, and the bytes told in it. */
  secondStartMs: number;
  secondBytes: number;
}

/** All who look at one charger, and its connections they see. */
interface Watched {
  readonly leases: Map<TraceId, Lease>;
  readonly connections: Set<Connection>;
}

/** Leases an edge holds: people who debug, not machines. */
export const TRACES_MAX = 64;
/** Longest lease that is given, whatever is asked. */
const LEASE_MS_MAX = 30_000;
/** Text told to one trace within a second; a charger that says more is seen in part. */
export const BYTES_PER_SECOND_MAX = 1_048_576;
/** Around the text of a report. */
const REPORT_BYTES = 128;
const SWEEP_MS = 1_000;

/** See the head of this file. */
export class Traces {
  readonly #ports: TracePorts;
  readonly #watched = new Map<string, Watched>();
  #subscription: Subscription | undefined;
  #leases = 0;
  #endSweep: CancelTimer | undefined;

  constructor(ports: TracePorts) {
    this.#ports = ports;
  }

  /** Takes asks from now on. */
  start(): void {
    const { bus, subjects } = this.#ports;
    this.#subscription = bus.subscribe(subjects.traceAsks(), (message) => this.#asked(message));
  }

  /** Leases held now. */
  get size(): number {
    return this.#leases;
  }

  /** A connection came; before its first event. */
  opened(connection: Connection): void {
    if (this.#watched.size === 0) return;
    const { tenant, chargerId, sessionId, version } = connection.session;
    const watched = this.#watched.get(chargerKey(tenant, chargerId));
    if (watched === undefined) return;
    this.#tap(watched, connection);
    this.#tell(watched, sessionId, () => ({ kind: 'opened', version, openedAgoMs: 0 }));
  }

  /** The socket of a connection is gone; after its last event. */
  gone(connection: Connection): void {
    if (this.#watched.size === 0) return;
    const { tenant, chargerId } = connection.session;
    this.#watched.get(chargerKey(tenant, chargerId))?.connections.delete(connection);
  }

  /** Takes no more asks and tells nothing more. */
  stop(): void {
    this.#subscription?.unsubscribe();
    for (const key of this.#watched.keys()) this.#forget(key);
    this.#endSweep?.();
  }

  #asked(message: BusMessage): void {
    let ask: TraceAsk;
    try {
      ask = decodeTraceAsk(message.data);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#ports.metrics.downlink(error.code === 'newer-version' ? 'newerVersion' : 'malformed');
      return;
    }
    const { traceId, tenant, chargerId } = ask;
    const endsAtMs = this.#ports.clock.monotonicMs() + Math.min(ask.leaseMs, LEASE_MS_MAX);
    const key = chargerKey(tenant, chargerId);
    const lease = this.#watched.get(key)?.leases.get(traceId);
    if (lease === undefined) {
      this.#begin(key, ask, endsAtMs);
      return;
    }
    lease.endsAtMs = endsAtMs;
    if (lease.n === lease.toldN) return;
    lease.toldN = lease.n;
    this.#publish(traceId, lease.n, { kind: 'mark' });
  }

  #begin(key: string, { traceId, tenant, chargerId }: TraceAsk, endsAtMs: number): void {
    const { clock, metrics, sessions } = this.#ports;
    if (this.#leases >= TRACES_MAX) {
      metrics.traceRefused();
      this.#publish(traceId, 0, { kind: 'full' });
      return;
    }
    const watched = this.#watched.get(key) ?? { leases: new Map(), connections: new Set() };
    this.#watched.set(key, watched);
    const nowMs = clock.monotonicMs();
    const lease: Lease = { traceId, endsAtMs, n: 0, toldN: 0, secondStartMs: nowMs, secondBytes: 0 };
    watched.leases.set(traceId, lease);
    this.#leases += 1;
    this.#endSweep ??= clock.every(SWEEP_MS, () => this.#sweep());
    const connection = sessions.openOf(tenant, chargerId);
    if (connection === undefined) return;
    if (connection.tap === undefined) this.#tap(watched, connection);
    const { sessionId, version } = connection.session;
    const openedAgoMs = nowMs - connection.openedAtMs;
    this.#report(lease, sessionId, () => ({ kind: 'opened', version, openedAgoMs }));
  }

  #tap(watched: Watched, connection: Connection): void {
    const { session } = connection;
    watched.connections.add(connection);
    connection.tap = createFrameTap(session, (make) => this.#tell(watched, session.sessionId, make));
  }

  #tell(watched: Watched, sessionId: SessionId, make: () => TraceEvent): void {
    let event: TraceEvent | undefined;
    for (const lease of watched.leases.values()) {
      this.#report(lease, sessionId, () => {
        event ??= make();
        return event;
      });
    }
  }

  #report(lease: Lease, sessionId: SessionId, make: () => TraceEvent): void {
    const { clock, metrics } = this.#ports;
    const nowMs = clock.monotonicMs();
    if (nowMs - lease.secondStartMs >= 1_000) {
      lease.secondStartMs = nowMs;
      lease.secondBytes = 0;
    }
    lease.n += 1;
    const fits = lease.secondBytes < BYTES_PER_SECOND_MAX;
    metrics.traceReport(fits ? 'sent' : 'leftOut');
    if (!fits) return;
    const event = make();
    lease.secondBytes += REPORT_BYTES + (event.kind === 'frame' ? event.text.length : 0);
    lease.toldN = lease.n;
    this.#publish(lease.traceId, lease.n, { kind: 'event', sessionId, event });
  }

  #publish(traceId: TraceId, n: number, said: TraceReport['said']): void {
    const { bus, clock, edgeId, subjects } = this.#ports;
    bus.publish(subjects.traceReports(traceId), encodeTraceReport({ edgeId, n, atMs: clock.nowMs(), said }));
  }

  #sweep(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    for (const [key, { leases }] of this.#watched) {
      for (const [traceId, { endsAtMs }] of leases) {
        if (endsAtMs > nowMs) continue;
        leases.delete(traceId);
        this.#leases -= 1;
      }
      if (leases.size === 0) this.#forget(key);
    }
    if (this.#leases > 0) return;
    this.#endSweep?.();
    this.#endSweep = undefined;
  }

  /** Nobody looks at this charger any more. */
  #forget(key: string): void {
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    for (const connection of watched.connections) connection.tap = undefined;
    this.#leases -= watched.leases.size;
    this.#watched.delete(key);
  }
}
