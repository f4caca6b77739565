/**
 * The newest socket is the charger's connection: the end of an old one must not be taken for its end, and an old one must not take
 * its place. What is newest is what the network saw, not what any clock says.
 */
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** A session older by less than this may win when the owner changes between the two: its wall clock against another's (docs/decisions/0006-newest-session.md). */
const MARGIN_MS = 10_000;
/** An edge may count as lost for this long after the last fault: it says that it lives, and its sessions come back. */
const EXCUSE_MS = 12_000;

/** Watches sockets and the events about them. */
export const newestSocket: CreateInvariant = (report): Invariant => {
  /** When the sockets were opened that edges hold open, by session. */
  const open = new Set<string>();
  const openedAtMs = new Map<string, number>();
  const connected = new Map<string, string>();
  let disturbed = false;
  let quietSinceMs = 0;
  let nowMs = 0;
  return {
    name: 'newest-socket',
    sentence:
      'A charger is reported disconnected only when its socket ended, was replaced by a newer one, or its edge seemed lost.',
    disturbed(on, atMs): void {
      disturbed = on;
      if (!on) quietSinceMs = atMs;
    },
    link({ session }, what, atMs): void {
      nowMs = atMs;
      if (what === 'edgeClosed') open.delete(session);
      if (what !== 'opened') return;
      open.add(session);
      openedAtMs.set(session, atMs);
    },
    frame(_link, _way, _head, atMs): void {
      nowMs = atMs;
    },
    recorded({ charger, record }): void {
      for (const { kind, data } of record.events) {
        const session = String(data['session']);
        if (kind === 'charger.connected') {
          const before = connected.get(charger);
          const olderMs = (openedAtMs.get(before ?? '') ?? 0) - (openedAtMs.get(session) ?? 0);
          if (before !== undefined && olderMs > MARGIN_MS)
            report(charger, `connected by ${session}, which is ${olderMs} ms older than ${before}`);
          connected.set(charger, session);
        }
        if (kind !== 'charger.disconnected' || data['reason'] === 'replaced' || !open.has(session)) continue;
        const excused = disturbed || nowMs - quietSinceMs < EXCUSE_MS;
        if (data['reason'] !== 'edge lost' || !excused)
          report(charger, `reported disconnected from ${session} (${String(data['reason'])}), whose socket is open`);
      }
    },
  };
};
