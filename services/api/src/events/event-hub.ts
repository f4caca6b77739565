/**
 * All event streams of the process: who may open one, how many there are, when one is ended.
 *
 * How it works. One consumer follows the end of the journal for everybody (`event-tail.ts`) and keeps the last records in memory. A
 * stream takes from there; one that resumes from further back, or fell back, reads the journal by itself until it meets that memory
 * (`event-stream.ts`). So a thousand streams at the end cost one consumer, and the memory is the only buffer there is: what a client has
 * not read is in its socket, and everything else is read again when it wants it. One sweep a second looks after all of them.
 *
 * Bounds: `streamsMax` streams and so consumers, `streamsPerKeyMax` of one key, `MEMORY_RECORDS_MAX` records and
 * `MEMORY_BYTES_MAX` bytes in memory, `CHUNK_CHARS` of text at once to each socket. A client that has read nothing for `stallMs`
 * is dropped; it comes back with its last event id.
 */
import type { Journal } from '@voltlane/bus';
import type { Metrics } from '@voltlane/telemetry';
import type { CancelTimer, Clock, Random } from '@voltlane/time';
import type { Subjects } from '@voltlane/wire';
import type { ProblemFacts } from '../problem.ts';
import { gapFrame, openingFrame } from './event-frame.ts';
import { createEventMetrics, type EventMetrics } from './event-metrics.ts';
import { afterRecord, type EventPosition, firstWanted } from './event-position.ts';
import type { StreamSelection } from './event-selection.ts';
import { type EventSink, EventStream } from './event-stream.ts';
import { EventTail } from './event-tail.ts';

/** What the hub works with. */
export interface EventHubPorts {
  readonly journal: Pick<Journal, 'consume' | 'lastSequence' | 'completeFrom'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly options: EventHubOptions;
}

/** Its bounds. */
export interface EventHubOptions {
  readonly streamsMax: number;
  readonly streamsPerKeyMax: number;
  readonly heartbeatMs: number;
  readonly stallMs: number;
}

/** Where a stream begins: what happens from now on, with the oldest that is kept, or behind a position. */
export type StreamStart = 'now' | 'oldest' | EventPosition;

/** A stream somebody asks for. */
export interface StreamRequest {
  readonly keyId: string;
  readonly selection: StreamSelection;
  readonly start: StreamStart;
  /** Begins the response; called once nothing can be refused any more. `closed` must be called when the client has gone. */
  readonly begin: (closed: () => void) => EventSink;
}

/** What is said of a gap, and where the stream goes on behind it. */
interface Gap {
  readonly frame: string;
  readonly from: EventPosition;
}

const MEMORY_RECORDS_MAX = 10_000;
const MEMORY_BYTES_MAX = 16 * 1_048_576;
const SWEEP_MS = 1_000;
/** A thousand clients that lose one process do not come back in the same second. */
const RETRY_MS_MIN = 1_000;
const RETRY_MS_SPREAD = 4_000;

/** See the head of this file. */
export class EventHub {
  readonly #ports: EventHubPorts;
  readonly #metrics: EventMetrics;
  readonly #tail: EventTail;
  readonly #streams = new Set<EventStream>();
  /** Streams, and requests that are about to become one, by key. */
  readonly #byKey = new Map<string, number>();
  #count = 0;
  #stopSweep: CancelTimer | undefined;
  #stopping = false;

  constructor(ports: EventHubPorts) {
    const { journal, subjects, clock } = ports;
    this.#ports = ports;
    this.#metrics = createEventMetrics(ports.metrics, () => ({
      streams: this.#streams.size,
      behind: [...this.#streams].filter((stream) => stream.behind).length,
      memoryBytes: this.#tail.bytes,
    }));
    this.#tail = new EventTail({
      journal,
      subjects,
      clock,
      wake: () => {
        for (const stream of this.#streams) stream.pump();
      },
      onUnreadable: this.#metrics.unreadable,
      recordsMax: MEMORY_RECORDS_MAX,
      bytesMax: MEMORY_BYTES_MAX,
    });
  }

  /** Opens a stream, or says why not. Rejects with BusError while the bus is away. */
  async open(request: StreamRequest): Promise<ProblemFacts | undefined> {
    const refusal = this.#refusal(request.keyId);
    if (refusal !== undefined) return refusal;
    this.#take(request.keyId);
    try {
      await this.#tail.open();
      const gap = await this.#gapOf(request.start);
      if (this.#stopping) {
        this.#give(request.keyId);
        return { code: 'stopping', detail: 'another process of the api takes it' };
      }
      this.#begin(request, gap);
      return undefined;
    } catch (error) {
      this.#give(request.keyId);
      throw error;
    }
  }

  /** Ends all streams; their clients come back to another process. */
  stop(): void {
    this.#stopping = true;
    for (const stream of this.#streams) {
      this.#metrics.ended('stopping');
      this.#streams.delete(stream);
      stream.close(false);
    }
  }

  #refusal(keyId: string): ProblemFacts | undefined {
    const { streamsMax, streamsPerKeyMax } = this.#ports.options;
    if (this.#stopping) return { code: 'stopping', detail: 'another process of the api takes it' };
    if ((this.#byKey.get(keyId) ?? 0) >= streamsPerKeyMax) {
      this.#metrics.refused('key');
      const detail = `a key may have ${streamsPerKeyMax} on one process (VOLTLANE_API_STREAMS_PER_KEY_MAX)`;
      return { code: 'too-many-streams', detail };
    }
    if (this.#count >= streamsMax) {
      this.#metrics.refused('process');
      const detail = `this process has ${streamsMax} (VOLTLANE_API_STREAMS_MAX); another may have room`;
      return { code: 'streams-exhausted', detail };
    }
    return undefined;
  }

  /** The gap before what can still be read, when there may be one. */
  async #gapOf(start: StreamStart): Promise<Gap | undefined> {
    if (start === 'now' || start === 'oldest') return undefined;
    const { journal } = this.#ports;
    const [last, completeFrom] = await Promise.all([journal.lastSequence(), journal.completeFrom()]);
    if (start.sequence > last) {
      return { frame: gapFrame('replaced', last + 1, start.sequence), from: afterRecord(0) };
    }
    const wanted = firstWanted(start);
    return wanted < completeFrom ? { frame: gapFrame('trimmed', wanted, completeFrom - 1), from: start } : undefined;
  }

  #begin({ keyId, selection, start, begin }: StreamRequest, gap: Gap | undefined): void {
    const { journal, subjects, clock, random } = this.#ports;
    let gone = false;
    const sink = begin(() => {
      if (gone) return;
      gone = true;
      if (this.#streams.delete(stream)) this.#metrics.ended('client');
      stream.close(true);
      this.#give(keyId);
    });
    const ports = {
      journal,
      tail: this.#tail,
      subjects,
      clock,
      onSent: this.#metrics.sent,
      onCatchUp: this.#metrics.catchUp,
      onUnreadable: this.#metrics.unreadable,
    };
    const stream: EventStream = new EventStream(ports, selection, sink, gap?.from ?? this.#positionOf(start));
    this.#streams.add(stream);
    this.#stopSweep ??= clock.every(SWEEP_MS, () => this.#sweep());
    stream.say(openingFrame(RETRY_MS_MIN + Math.floor(random.next() * RETRY_MS_SPREAD)));
    if (gap !== undefined) {
      this.#metrics.gap();
      stream.say(gap.frame);
    }
    stream.pump();
  }

  #positionOf(start: StreamStart): EventPosition {
    if (start === 'now') return afterRecord(this.#tail.position);
    return start === 'oldest' ? afterRecord(0) : start;
  }

  #sweep(): void {
    const { clock, options } = this.#ports;
    const nowMs = clock.monotonicMs();
    for (const stream of this.#streams) {
      const { blockedSinceMs } = stream;
      if (blockedSinceMs !== undefined && nowMs - blockedSinceMs >= options.stallMs) {
        this.#metrics.ended('stalled');
        this.#streams.delete(stream);
        stream.close(true);
      } else stream.heartbeat(nowMs - options.heartbeatMs);
    }
  }

  #take(keyId: string): void {
    this.#count += 1;
    this.#byKey.set(keyId, (this.#byKey.get(keyId) ?? 0) + 1);
  }

  #give(keyId: string): void {
    this.#count -= 1;
    const left = (this.#byKey.get(keyId) ?? 1) - 1;
    if (left > 0) this.#byKey.set(keyId, left);
    else this.#byKey.delete(keyId);
    if (this.#count > 0) return;
    this.#tail.close();
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }
}
