/** Reports that change nothing we keep: each becomes one event and an empty answer. */
import type { EventKind } from '@voltlane/wire';
import type { Decision, DecisionContext, EventDraft } from '../handlers/handler.ts';
import { contentId } from './content-id.ts';
import type { EventData } from './event-draft.ts';
import { eventDraft } from './event-draft.ts';
import { reportedTime } from './timestamps.ts';

/** The answer of a message that only informs. */
export type EmptyAnswer = Record<string, never>;

/** An empty answer and these events. */
export function noted(...events: readonly EventDraft[]): Decision<EmptyAnswer> {
  return answered({}, ...events);
}

/** This answer and these events; nothing remembered. */
export function answered<Response>(payload: Response, ...events: readonly EventDraft[]): Decision<Response> {
  return { answer: { kind: 'result', payload }, events };
}

/** An event that happened when it was received. */
export function received(kind: EventKind, data: EventData, context: DecisionContext): EventDraft {
  return eventDraft(kind, reportedTime(undefined, context.nowMs), data);
}

/** An event that happened when the charger says so. */
export function reported(
  kind: EventKind,
  timestamp: string | undefined,
  data: EventData,
  context: DecisionContext,
): EventDraft {
  return eventDraft(kind, reportedTime(timestamp, context.nowMs), data);
}

/** A security event in the words of no version. */
export interface SecurityReport {
  readonly type: string;
  readonly timestamp: string;
  readonly techInfo?: string;
}

/** A security event; chargers queue critical ones and send them again, so its content names it. `type` is free text. */
export function securityEvent(report: SecurityReport, context: DecisionContext): EventDraft {
  const id = `sec:${contentId(context.tenant, context.chargerId.toLowerCase(), report.type, report.timestamp, report.techInfo)}`;
  const data = { type: report.type, critical: CRITICAL.has(report.type), techInfo: report.techInfo };
  return eventDraft('security.event', reportedTime(report.timestamp, context.nowMs), data, id);
}

/** Marked critical in the security whitepaper (ed. 3, appendix) and in the list of security events of 2.x. */
const CRITICAL: ReadonlySet<string> = new Set([
  'FirmwareUpdated',
  'SettingSystemTime',
  'StartupOfTheDevice',
  'ResetOrReboot',
  'SecurityLogWasCleared',
  'MemoryExhaustion',
  'TamperDetectionActivated',
]);
