/**
 * Status of connectors. A report that says what is known already is answered and not recorded: an equal status with a newer
 * timestamp is no change. Arrival counts, not the timestamp: chargers do not queue status reports.
 */

import type { ConnectorState } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import { bounded } from './bounded-text.ts';
import { contentId } from './content-id.ts';
import { eventDraft } from './event-draft.ts';
import { reportedTime } from './timestamps.ts';

/** A status report in the words of no version. */
export interface StatusReport {
  /** 2.x; undefined for 1.6, which knows connectors only. */
  readonly evseId: number | undefined;
  /** 0 is the whole charger (1.6). */
  readonly connectorId: number;
  readonly status: string;
  readonly timestamp: string | undefined;
  /** 1.6. */
  readonly errorCode?: string | undefined;
  readonly info?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly vendorErrorCode?: string | undefined;
}

/** Decides one status report. Connectors beyond the bound of the state are recorded at every report. */
export function connectorStatus(report: StatusReport, context: DecisionContext): Decision<Record<string, never>> {
  const { state } = context;
  const answer = { kind: 'result', payload: {} } as const;
  const key = `${Number(report.evseId ?? 0)}/${Number(report.connectorId)}`;
  const status = bounded(report.status);
  const errorCode = bounded(report.errorCode);
  const before = state.connectors[key];
  const detail = detailOf(report);
  if (before !== undefined && before.status === status && before.errorCode === errorCode && before.detail === detail) {
    return { answer, state, events: [] };
  }
  const time = reportedTime(report.timestamp, context.nowMs);
  const event = eventDraft('connector.status', time, {
    evseId: report.evseId === undefined ? undefined : Number(report.evseId),
    connectorId: Number(report.connectorId),
    status: report.status,
    previousStatus: before?.status,
    errorCode: report.errorCode,
    info: report.info,
    vendorId: report.vendorId,
    vendorErrorCode: report.vendorErrorCode,
  });
  const full = before === undefined && Object.keys(state.connectors).length >= STATE_LIMITS.connectorsMax;
  if (full) return { answer, state, events: [event] };
  const now: ConnectorState = { status, errorCode, at: time.iso };
  const connectors = { ...state.connectors, [key]: detail === undefined ? now : { ...now, detail } };
  return { answer, state: { ...state, connectors }, events: [event] };
}

/** The free texts as one short name: kept to see that they changed, not to be read. */
function detailOf(report: StatusReport): string | undefined {
  const { info, vendorId, vendorErrorCode } = report;
  return info === undefined && vendorId === undefined && vendorErrorCode === undefined
    ? undefined
    : contentId(info, vendorId, vendorErrorCode);
}
