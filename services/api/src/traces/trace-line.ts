/** The lines of a trace: one JSON object each, told apart by `kind`. Pure. Part of the contract: fields and kinds are added, never changed. */
import { isoTime } from '@voltlane/time';
import type { EdgeId, SessionId, TraceEvent } from '@voltlane/wire';

/** Why a trace ended. `client`: nobody is there to be told. */
export const TRACE_ENDS = ['time', 'framesMax', 'slowReader', 'stopped', 'client'] as const;

/** One of `TRACE_ENDS`. */
export type TraceEnd = (typeof TRACE_ENDS)[number];

/** Why something is missing: the client did not read in time, or it was too much for the edge or lost on the bus. */
export const LEFT_OUT = ['slowReader', 'lost'] as const;

/** One of `LEFT_OUT`. */
export type LeftOut = (typeof LEFT_OUT)[number];

/** Something an edge reported, and which session of which edge it is about. */
export interface TracePlace {
  readonly edgeId: EdgeId;
  readonly sessionId: SessionId;
  /** Wall clock of the edge. */
  readonly atMs: number;
}

/** A line, at a wall time of this process or of an edge. */
export function traceLine(kind: string, atMs: number, fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ kind, at: isoTime(atMs), ...fields })}\n`;
}

/** The line of something an edge reported. */
export function eventLine({ edgeId, sessionId, atMs }: TracePlace, event: TraceEvent): string {
  const place = { edge: edgeId, session: sessionId };
  switch (event.kind) {
    case 'opened': {
      const { version, openedAgoMs } = event;
      return traceLine('opened', atMs, { ...place, version, openedAt: isoTime(atMs - openedAgoMs) });
    }
    case 'closed':
      return traceLine('closed', atMs, { ...place, code: event.code, reason: event.reason });
    case 'failed':
      return traceLine('failed', atMs, { ...place, error: event.error });
    case 'frame': {
      const { direction, type, bytes, cut, masked, invalid, text } = event;
      return traceLine('frame', atMs, {
        direction,
        ...place,
        type,
        ...(invalid === undefined ? {} : { invalid }),
        ...(masked ? { masked } : {}),
        ...(cut ? { cut } : {}),
        bytes,
        text,
      });
    }
  }
}
