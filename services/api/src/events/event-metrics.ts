/** The figures of event streams. */
import type { Metrics } from '@voltlane/telemetry';

/** Why a stream was not opened: its key, or the process, has as many as it may. */
const REFUSALS = ['key', 'process'] as const;
/** Why a stream ended: the client went, it did not read, the process stops. */
const ENDS = ['client', 'stalled', 'stopping'] as const;

/** What streams report. */
export interface EventMetrics {
  readonly refused: (why: (typeof REFUSALS)[number]) => void;
  readonly ended: (why: (typeof ENDS)[number]) => void;
  readonly sent: (events: number) => void;
  /** A stream reads the journal by itself. */
  readonly catchUp: () => void;
  readonly gap: () => void;
  readonly unreadable: () => void;
}

/** Levels, read at each scrape. */
export interface EventLevels {
  readonly streams: number;
  readonly behind: number;
  readonly memoryBytes: number;
}

/** Registers the figures. */
export function createEventMetrics(metrics: Metrics, levels: () => EventLevels): EventMetrics {
  const refused = metrics.counter({
    name: 'api_event_streams_refused_total',
    help: 'Event streams not opened because the key or the process has as many as it may.',
    labels: { reason: REFUSALS },
  });
  const ended = metrics.counter({
    name: 'api_event_streams_ended_total',
    help: 'Event streams ended: the client went, it did not read (stalled), the process stops.',
    labels: { reason: ENDS },
  });
  const sent = metrics.counter({ name: 'api_events_sent_total', help: 'Events written to streams.' }).of({});
  const catchUps = metrics
    .counter({ name: 'api_event_catch_ups_total', help: 'Times a stream read the journal by itself.' })
    .of({});
  const gaps = metrics
    .counter({ name: 'api_event_gaps_total', help: 'Streams that were told of events that may be missing.' })
    .of({});
  const unreadable = metrics
    .counter({ name: 'api_event_records_unreadable_total', help: 'Journal records that could not be read.' })
    .of({});
  const level = (name: string, help: string, field: keyof EventLevels): void =>
    metrics.readGauge({ name, help, read: () => levels()[field] });
  level('api_event_streams', 'Event streams open.', 'streams');
  level('api_event_streams_behind', 'Event streams that read the journal by themselves.', 'behind');
  level('api_event_memory_bytes', 'Bytes of recent records kept for event streams.', 'memoryBytes');
  return {
    refused: (reason) => refused.of({ reason }).add(),
    ended: (reason) => ended.of({ reason }).add(),
    sent: (events) => sent.add(events),
    catchUp: () => catchUps.add(),
    gap: () => gaps.add(),
    unreadable: () => unreadable.add(),
  };
}
