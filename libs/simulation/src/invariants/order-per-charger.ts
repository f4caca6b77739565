/**
 * What the journal holds of one socket is in the order in which the charger sent it. Between sockets there is no such order: what
 * was on its way on a dying one may arrive after the first message of the next.
 */
import type { CreateInvariant, Invariant } from '../invariant.ts';

interface Sent {
  next: number;
  /** Places of a message id among the charger's sendings; more than one when the charger repeats ids. */
  readonly places: Map<string, number[]>;
  /** Place of the newest record of each session. */
  readonly newest: Map<string, number>;
}

/** Watches sendings and records. */
export const orderPerCharger: CreateInvariant = (report): Invariant => {
  const chargers = new Map<string, Sent>();
  const of = (charger: string): Sent => {
    const known = chargers.get(charger);
    if (known !== undefined) return known;
    const sent: Sent = { next: 1, places: new Map(), newest: new Map() };
    chargers.set(charger, sent);
    return sent;
  };
  return {
    name: 'order-per-charger',
    sentence: 'The records of one session are in the order in which the charger sent their messages.',
    believed(charger, event): void {
      if (event.kind !== 'sent') return;
      const sent = of(charger);
      const places = sent.places.get(event.messageId);
      if (places === undefined) sent.places.set(event.messageId, [sent.next]);
      else places.push(sent.next);
      sent.next += 1;
    },
    recorded({ charger, record, class: kind }): void {
      const { source, session } = record;
      if (source === undefined || session === undefined) return;
      const sent = of(charger);
      const places = sent.places.get(source.messageId);
      const before = sent.newest.get(session) ?? 0;
      // Telemetry that came with a change of state makes two records of one message.
      const place = places?.find((each) => each >= before);
      if (places === undefined) report(charger, `${source.action} ${source.messageId} was recorded but never sent`);
      else if (place === undefined)
        report(charger, `${source.action} ${source.messageId} (${kind}) was recorded after a message sent later`);
      else sent.newest.set(session, place);
    },
  };
};
