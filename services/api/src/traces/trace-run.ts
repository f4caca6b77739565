/**
 * One trace: asks the edges again and again for the frames of a charger, and writes what they report as lines, until its time is over.
 *
 * 1. Nothing is kept besides what the response holds, at most `BUFFER_BYTES_MAX`. Above it nothing is written until the client has read
 *    all of it; what came meanwhile is left out and counted.
 * 2. Whatever is missing, here, at an edge or on the way, is said before the next line.
 * 3. The last line says why it ended, unless the client has gone.
 */
import type { Bus, BusMessage, Subscription } from '@voltlane/bus';
import { type CancelTimer, type Clock, isoTime } from '@voltlane/time';
import type { ChargerAddress, EdgeId, Subjects, TraceId, TraceReport } from '@voltlane/wire';
import { decodeTraceReport, encodeTraceAsk, WireError } from '@voltlane/wire';
import { eventLine, type LeftOut, type TraceEnd, traceLine } from './trace-line.ts';

/** Where a trace writes to. */
export interface TraceSink {
  write(line: string): void;
  /** Bytes written that the client has not read. */
  buffered(): number;
  /** Calls back once, when all of them are read. */
  onceDrained(drained: () => void): void;
  /** Ends the response; `at once` without waiting for what was written. */
  end(atOnce: boolean): void;
}

/** What it works with. */
export interface TraceRunPorts {
  readonly bus: Pick<Bus, 'publish' | 'subscribe' | 'onStatus'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly onFrame: () => void;
  readonly onLeftOut: (count: number, why: LeftOut) => void;
  readonly onUnreadable: () => void;
  /** It is over; called once. */
  readonly onEnded: (why: TraceEnd) => void;
}

/** What is wanted. */
export interface TraceWish extends ChargerAddress {
  readonly traceId: TraceId;
  readonly seconds: number;
  readonly framesMax: number;
  /** Longest a client may read nothing of what waits for it. */
  readonly stallMs: number;
}

/** How often edges are asked, and how long an ask holds: two may be lost. */
export const ASK_EVERY_MS = 2_000;
export const LEASE_MS = 5_000;
/** Text that waits for the client. */
export const BUFFER_BYTES_MAX = 1_048_576;
/** Proxies cut connections that are silent for a minute or so. */
const ALIVE_MS = 15_000;
/** How long a client may take for the rest after the end. */
const LAST_READ_MS = 5_000;

/** See the head of this file. */
export class TraceRun {
  readonly #ports: TraceRunPorts;
  readonly #wish: TraceWish;
  readonly #sink: TraceSink;
  /** Number of the last report of each edge. */
  readonly #heard = new Map<EdgeId, number>();
  /** Edges that have as many traces as they may. */
  readonly #refusing = new Set<EdgeId>();
  #frames = 0;
  #leftOut = 0;
  /** Left out since the client stopped reading, not said yet. */
  #unsaid = 0;
  #fullSinceMs: number | undefined;
  #writtenMs = 0;
  #ended = false;
  #subscriptions: readonly Subscription[] = [];
  #timers: readonly CancelTimer[] = [];

  constructor(ports: TraceRunPorts, wish: TraceWish, sink: TraceSink) {
    this.#ports = ports;
    this.#wish = wish;
    this.#sink = sink;
  }

  /** Lines of frames written, and what was left out. */
  get counts(): { readonly frames: number; readonly leftOut: number } {
    return { frames: this.#frames, leftOut: this.#leftOut };
  }

  /** Says that it began, and asks. */
  start(): void {
    const { bus, clock, subjects } = this.#ports;
    const { traceId, tenant, chargerId, seconds } = this.#wish;
    const endsAt = isoTime(clock.nowMs() + seconds * 1_000);
    this.#write(traceLine('began', clock.nowMs(), { trace: traceId, tenant, charger: chargerId, endsAt }));
    this.#subscriptions = [
      bus.subscribe(subjects.traceReports(traceId), (message) => this.#reported(message)),
      bus.onStatus((status) => this.#say('bus', { status })),
    ];
    this.#timers = [
      clock.every(ASK_EVERY_MS, () => this.#tick()),
      clock.after(seconds * 1_000, () => this.end('time')),
    ];
    this.#ask();
  }

  /** Ends it. */
  end(why: TraceEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const cancel of this.#timers) cancel();
    if (why === 'client') this.#sink.end(true);
    else {
      this.#sayLeftOut();
      this.#write(traceLine('ended', this.#ports.clock.nowMs(), { why, ...this.counts }));
      this.#sink.end(false);
      this.#ports.clock.after(LAST_READ_MS, () => this.#sink.end(true));
    }
    this.#ports.onEnded(why);
  }

  #ask(): void {
    const { bus, subjects } = this.#ports;
    const { traceId, tenant, chargerId } = this.#wish;
    bus.publish(subjects.traceAsks(), encodeTraceAsk({ traceId, tenant, chargerId, leaseMs: LEASE_MS }));
  }

  #tick(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    if (this.#fullSinceMs !== undefined && nowMs - this.#fullSinceMs >= this.#wish.stallMs) {
      this.end('slowReader');
      return;
    }
    this.#ask();
    if (nowMs - this.#writtenMs >= ALIVE_MS) this.#say('alive', {});
  }

  #reported(message: BusMessage): void {
    let report: TraceReport;
    try {
      report = decodeTraceReport(message.data);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#ports.onUnreadable();
      return;
    }
    const { edgeId, n, atMs, said } = report;
    if (said.kind === 'full') {
      // It is asked again, and refuses again.
      if (!this.#refusing.has(edgeId)) this.#say('refused', { edge: edgeId });
      this.#refusing.add(edgeId);
      return;
    }
    this.#noticeGap(edgeId, n, said.kind === 'mark');
    if (said.kind === 'mark') return;
    const { sessionId, event } = said;
    if (this.#fullSinceMs !== undefined) {
      this.#lose(1, 'slowReader');
      return;
    }
    this.#write(eventLine({ edgeId, sessionId, atMs }, event));
    if (event.kind !== 'frame') return;
    this.#frames += 1;
    this.#ports.onFrame();
    if (this.#frames >= this.#wish.framesMax) this.end('framesMax');
  }

  /** A number that was skipped is a report that is missing. One that is not above the last is of a new lease, which counts from 1. */
  #noticeGap(edgeId: EdgeId, n: number, isMark: boolean): void {
    const heard = this.#heard.get(edgeId) ?? 0;
    const from = n > heard || (isMark && n === heard) ? heard : 0;
    this.#heard.set(edgeId, n);
    const missing = n - from - (isMark ? 0 : 1);
    if (missing === 0) return;
    this.#lose(missing, 'lost');
    this.#say('leftOut', { count: missing, why: 'lost' });
  }

  #lose(count: number, why: LeftOut): void {
    this.#leftOut += count;
    if (why === 'slowReader') this.#unsaid += count;
    this.#ports.onLeftOut(count, why);
  }

  #sayLeftOut(): void {
    if (this.#unsaid === 0) return;
    const count = this.#unsaid;
    this.#unsaid = 0;
    this.#write(traceLine('leftOut', this.#ports.clock.nowMs(), { count, why: 'slowReader' }));
  }

  /** Something of this process; not worth keeping for a client that does not read. */
  #say(kind: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#fullSinceMs === undefined) this.#write(traceLine(kind, this.#ports.clock.nowMs(), fields));
  }

  #write(line: string): void {
    const nowMs = this.#ports.clock.monotonicMs();
    this.#writtenMs = nowMs;
    this.#sink.write(line);
    if (this.#ended || this.#fullSinceMs !== undefined || this.#sink.buffered() <= BUFFER_BYTES_MAX) return;
    this.#fullSinceMs = nowMs;
    this.#sink.onceDrained(() => {
      this.#fullSinceMs = undefined;
      if (!this.#ended) this.#sayLeftOut();
    });
  }
}
