/** What a stream writes, in the format of server-sent events (WHATWG HTML §9.2). Pure. */

/** First lines of a stream: how long to wait before coming back. */
export function openingFrame(retryMs: number): string {
  return `retry: ${retryMs}\n\n`;
}

/** One event. `json` has no line breaks. */
export function eventFrame(id: string, kind: string, json: string): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${json}\n\n`;
}

/**
 * Nothing happened, and we are here. Moves the client's last event id without an event, so that who wants little and comes back after
 * days does not read the journal of those days again.
 */
export function heartbeatFrame(id: string): string {
  return `: alive\nid: ${id}\n\n`;
}

/** Why events are missing: they were too old to be kept, or another journal is in the place of the one the position is of. */
export type GapReason = 'trimmed' | 'replaced';

/** Says that events may be missing between two records, both included. Leaves the client's last event id as it is. */
export function gapFrame(reason: GapReason, from: number, to: number): string {
  return `event: gap\ndata: ${JSON.stringify({ reason, from, to })}\n\n`;
}
