/**
 * Reports that come in several messages under one request id. Each message is one event and one part for the reports bucket;
 * what it lists stays in the source.
 */
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import { contentId } from './content-id.ts';
import { eventDraft } from './event-draft.ts';
import type { EmptyAnswer } from './status-events.ts';
import { reportedTime } from './timestamps.ts';

/** One message of a report in the words of no version. */
export interface Part {
  readonly requestId: number;
  /** Some reports do not count their parts. */
  readonly seqNo?: number | undefined;
  /** To be continued. */
  readonly tbc?: boolean | undefined;
  readonly generatedAt?: string | undefined;
  /** Number of things listed. */
  readonly items: number | undefined;
  readonly evseId?: number | undefined;
  readonly chargingLimitSource?: string | undefined;
}

/** Decides one part of a report; the action names the report. */
export function reportPart(part: Part, context: DecisionContext): Decision<EmptyAnswer> {
  const { action, state } = context;
  const last = part.tbc !== true;
  const data = {
    report: action,
    requestId: part.requestId,
    seqNo: part.seqNo,
    tbc: !last,
    last,
    items: part.items,
    evseId: part.evseId,
    chargingLimitSource: part.chargingLimitSource,
  };
  // Without the time it was made, two equal reports cannot be told from one sent twice: the actor numbers those.
  const id =
    part.generatedAt === undefined
      ? undefined
      : `report:${contentId(context.tenant, context.chargerId.toLowerCase(), action, context.payloadText)}`;
  return {
    answer: { kind: 'result', payload: {} },
    state,
    events: [eventDraft('report.part', reportedTime(part.generatedAt, context.nowMs), data, id)],
    // Parts nobody counted are put in the order they came; the number of events so far only grows.
    report: { report: action, requestId: Number(part.requestId), seqNo: Number(part.seqNo ?? state.eventCount) },
  };
}
