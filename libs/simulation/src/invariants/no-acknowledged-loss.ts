/** What the charger was told is taken must be in the journal at that very moment. */
import { actionInfo } from '@voltlane/ocpp';
import { fingerprint } from '@voltlane/wire';
import type { CreateInvariant, Invariant } from '../invariant.ts';

interface Messages {
  /** Content by id of messages on their way. */
  readonly contents: Map<string, number>;
  /** Ids under which a content was sent, until it was answered. */
  readonly ids: Map<number, string[]>;
  readonly recorded: Set<string>;
}

const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;

/** True for messages that belong to a transaction in any version. */
const transactional = (action: string): boolean =>
  VERSIONS.some((version) => actionInfo(version, action)?.transactional === true);

/** Watches answers and records. */
export const noAcknowledgedLoss: CreateInvariant = (report): Invariant => {
  const chargers = new Map<string, Messages>();
  const known = new Map<string, boolean>();
  const matters = (action: string): boolean => {
    const before = known.get(action);
    if (before !== undefined) return before;
    const now = transactional(action);
    known.set(action, now);
    return now;
  };
  const of = (charger: string): Messages => {
    const before = chargers.get(charger);
    if (before !== undefined) return before;
    const messages: Messages = { contents: new Map(), ids: new Map(), recorded: new Set() };
    chargers.set(charger, messages);
    return messages;
  };
  return {
    name: 'no-acknowledged-loss',
    sentence: 'A transaction message is in the journal before the charger hears its answer.',
    believed(charger, event): void {
      if (event.kind === 'sent' && matters(event.action)) {
        const messages = of(charger);
        const content = fingerprint(`${event.action} ${event.payloadText}`);
        messages.contents.set(event.messageId, content);
        const ids = messages.ids.get(content);
        if (ids === undefined) messages.ids.set(content, [event.messageId]);
        else ids.push(event.messageId);
      }
      if (event.kind !== 'answered' || !matters(event.action)) return;
      const messages = of(charger);
      const content = messages.contents.get(event.messageId);
      if (content === undefined) return;
      // The same content under another id is applied once, and recorded under the id that came first.
      const ids = messages.ids.get(content) ?? [];
      if (!ids.some((id) => messages.recorded.has(id)))
        report(charger, `${event.action} ${event.messageId} was answered and is not in the journal`);
      messages.contents.delete(event.messageId);
    },
    recorded({ charger, record }): void {
      if (record.source !== undefined && matters(record.source.action))
        of(charger).recorded.add(record.source.messageId);
    },
  };
};
