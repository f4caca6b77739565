/** Data of periodic event streams (2.1): telemetry like MeterValues, named by its content, changes no state, is never answered. */
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import { contentId } from './content-id.ts';
import { namedDraft } from './event-draft.ts';
import { reportedTime } from './timestamps.ts';

/** Values written into one event; a frame can hold more, the source keeps them all. */
export const STREAM_VALUES_MAX = 2000;

/** What NotifyPeriodicEventStream says. */
export interface StreamData {
  readonly id: number;
  /** Values the station still holds back. */
  readonly pending: number;
  readonly basetime: string;
  /** `t`: seconds after basetime. */
  readonly data: readonly { readonly t: number; readonly v: string }[];
}

/** Decides one message of a stream. */
export function streamData(message: StreamData, context: DecisionContext): Decision<never> {
  const base = { answer: { kind: 'none' }, events: [] } as const;
  if (message.data.length === 0) return base;
  const values = message.data.slice(0, STREAM_VALUES_MAX).map(({ t, v }) => ({ offsetS: t, value: v }));
  const left = message.data.length - values.length;
  const data = {
    streamId: message.id,
    pending: message.pending,
    baseTime: message.basetime,
    values,
    valuesCut: left > 0 ? left : undefined,
  };
  const id = `stream:${contentId(context.tenant, context.chargerId.toLowerCase(), context.payloadText)}`;
  return { ...base, meter: namedDraft('stream.data', reportedTime(message.basetime, context.nowMs), data, id) };
}
