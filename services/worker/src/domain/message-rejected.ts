/** The record of a message that was refused but must not be lost: its payload is in the source, its reason here. */
import type { DecisionContext, EventDraft } from '../handlers/handler.ts';
import { contentId } from './content-id.ts';
import { eventDraft } from './event-draft.ts';
import { reportedTime } from './timestamps.ts';

/** What a record of a refusal is made from. */
export type RejectedMessage = Pick<DecisionContext, 'tenant' | 'chargerId' | 'action' | 'payloadText' | 'nowMs'>;

/** Event for a refused message; the same content refused again has the same id. */
export function messageRejected(message: RejectedMessage, code: string, description: string): EventDraft {
  const id = `rejected:${contentId(message.tenant, message.chargerId, message.action, message.payloadText, code)}`;
  return eventDraft(
    'message.rejected',
    reportedTime(undefined, message.nowMs),
    { action: message.action, code, description },
    id,
  );
}
