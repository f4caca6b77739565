/** The end of an old socket must not be taken for the end of the charger's connection. */
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** Watches sockets and the events about them. */
export const newestSocket: CreateInvariant = (report): Invariant => {
  /** Sockets both ends hold open, by session. */
  const open = new Set<string>();
  const connected = new Map<string, string>();
  return {
    name: 'newest-socket',
    sentence: 'A charger is reported disconnected only when the socket it was connected by has ended or was replaced.',
    link({ session }, what): void {
      if (what === 'opened') open.add(session);
      else open.delete(session);
    },
    recorded({ charger, record }): void {
      for (const { kind, data } of record.events) {
        const session = String(data['session']);
        if (kind === 'charger.connected') {
          const before = connected.get(charger);
          if (before !== undefined && session < before)
            report(charger, `connected by ${session}, which is older than ${before}`);
          connected.set(charger, session);
        }
        if (kind === 'charger.disconnected' && data['reason'] !== 'replaced' && open.has(session))
          report(charger, `reported disconnected from ${session}, whose socket is open`);
      }
    },
  };
};
