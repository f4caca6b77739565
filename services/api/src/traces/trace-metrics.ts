/** The figures of traces. */
import type { Metrics } from '@voltlane/telemetry';
import { LEFT_OUT, type LeftOut, TRACE_ENDS, type TraceEnd } from './trace-line.ts';

/** Why a trace was not begun: its key, or the process, has as many as it may. */
const REFUSALS = ['key', 'process'] as const;

/** What traces report. */
export interface TraceMetrics {
  readonly refused: (why: (typeof REFUSALS)[number]) => void;
  readonly ended: (why: TraceEnd) => void;
  readonly frame: () => void;
  readonly leftOut: (count: number, why: LeftOut) => void;
  readonly unreadable: () => void;
}

/** Registers the figures. */
export function createTraceMetrics(metrics: Metrics, running: () => number): TraceMetrics {
  const refused = metrics.counter({
    name: 'api_traces_refused_total',
    help: 'Traces not begun because the key or the process has as many as it may.',
    labels: { reason: REFUSALS },
  });
  const ended = metrics.counter({
    name: 'api_traces_ended_total',
    help: 'Traces ended, by reason.',
    labels: { reason: TRACE_ENDS },
  });
  const frames = metrics.counter({ name: 'api_trace_frames_total', help: 'Frames written to traces.' }).of({});
  const leftOut = metrics.counter({
    name: 'api_trace_left_out_total',
    help: 'What traces did not show: their client did not read in time, or it was lost on the way or too much for the edge.',
    labels: { reason: LEFT_OUT },
  });
  const unreadable = metrics
    .counter({ name: 'api_trace_reports_unreadable_total', help: 'Reports of edges that could not be read.' })
    .of({});
  metrics.readGauge({ name: 'api_traces', help: 'Traces running.', read: running });
  return {
    refused: (reason) => refused.of({ reason }).add(),
    ended: (reason) => ended.of({ reason }).add(),
    frame: () => frames.add(),
    leftOut: (count, reason) => leftOut.of({ reason }).add(count),
    unreadable: () => unreadable.add(),
  };
}
