/** Whatever is sent twice, by an edge, a charger or the bus, is applied once. */
import { fingerprint } from '@voltlane/wire';
import type { CreateInvariant, Invariant } from '../invariant.ts';

interface Applied {
  readonly events: Set<string>;
  readonly messages: Set<string>;
  /** Contents of messages that moved a transaction. */
  readonly contents: Set<number>;
  readonly started: Set<string>;
  readonly ended: Set<string>;
}

/** Watches records. */
export const effectsOnce: CreateInvariant = (report): Invariant => {
  const chargers = new Map<string, Applied>();
  return {
    name: 'effects-once',
    sentence:
      'Each message of a session is applied once; each content, event id, start and end of a transaction is there once.',
    recorded({ charger, record, class: kind, sequence }): void {
      let applied = chargers.get(charger);
      if (applied === undefined) {
        applied = { events: new Set(), messages: new Set(), contents: new Set(), started: new Set(), ended: new Set() };
        chargers.set(charger, applied);
      }
      const once = <K>(seen: Set<K>, key: K, what: string): void => {
        if (seen.has(key)) report(charger, `${what} is in the journal twice, now at ${sequence}`);
        else seen.add(key);
      };
      const { source, session } = record;
      // A message with telemetry that also changes the state has a record of each class.
      if (source !== undefined)
        once(
          applied.messages,
          `${kind} ${session ?? ''} ${source.messageId}`,
          `${source.action} ${source.messageId} of ${session ?? ''}`,
        );
      if (source !== undefined && record.events.some((event) => event.kind.startsWith('transaction.'))) {
        const content = fingerprint(`${source.action} ${JSON.stringify(source.payload)}`);
        once(applied.contents, content, `the content of ${source.action} ${source.messageId}`);
      }
      for (const { id, kind: event, data } of record.events) {
        once(applied.events, id, `event ${id} (${event})`);
        const key = String(data['transactionKey']);
        if (event === 'transaction.started') once(applied.started, key, `the start of transaction ${key}`);
        if (event === 'transaction.ended') once(applied.ended, key, `the end of transaction ${key}`);
      }
    },
  };
};
