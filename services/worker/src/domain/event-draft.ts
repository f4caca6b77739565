/** How events are written down: absent instead of undefined, the charger's unbelievable clock kept beside ours. */
import type { EventKind } from '@voltlane/wire';
import type { EventDraft } from '../handlers/handler.ts';
import type { ReportedTime } from './timestamps.ts';

/** Content of an event before undefined members are dropped. */
export type EventData = Readonly<Record<string, unknown>>;

/** An event draft; `id` where the content names the happening. */
export function eventDraft(kind: EventKind, time: ReportedTime, data: EventData, id?: string): EventDraft {
  const base = { kind, at: time.iso, data: present({ ...data, reportedAt: time.reportedAt }) };
  return id === undefined ? base : { ...base, id };
}

/** The same with an id for certain, as the meter subject asks. */
export function namedDraft(
  kind: EventKind,
  time: Pick<ReportedTime, 'iso' | 'reportedAt'>,
  data: EventData,
  id: string,
): EventDraft & { readonly id: string } {
  return { kind, at: time.iso, data: present({ ...data, reportedAt: time.reportedAt }), id };
}

/** The members that are there: undefined would be null for some readers and missing for others. */
export function present(data: EventData): EventData {
  const kept: Record<string, unknown> = {};
  for (const name in data) if (data[name] !== undefined) kept[name] = data[name];
  return kept;
}
