/** When faults are over, everything comes to rest: this is where a message or a charger that was forgotten shows. */
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** Watches the end, and which session the journal believes each charger to have. */
export const convergence: CreateInvariant = (report): Invariant => {
  const believed = new Map<string, string | undefined>();
  return {
    name: 'convergence',
    sentence: 'When faults are over every charger is online and accepted, and nothing waits anywhere.',
    recorded({ charger, record }): void {
      for (const { kind, data } of record.events) {
        if (kind === 'charger.connected') believed.set(charger, String(data['session']));
        if (kind === 'charger.disconnected' && believed.get(charger) === data['session'])
          believed.set(charger, undefined);
      }
    },
    ended({ chargers, levels }): void {
      for (const { charger, online, registration, undelivered, session, socketsAtEdges } of chargers) {
        if (!online) report(charger, 'is not online');
        else if (registration !== 'Accepted') report(charger, `is registered as ${registration}`);
        else if (undelivered > 0) report(charger, `has ${undelivered} transaction messages without an answer`);
        else if (socketsAtEdges !== 1) report(charger, `has ${socketsAtEdges} sockets at edges`);
        else if (believed.get(charger) !== session)
          report(
            charger,
            `is connected by ${session ?? 'nothing'}, the journal says ${believed.get(charger) ?? 'nothing'}`,
          );
      }
      for (const [node, read] of levels.nodes) {
        for (const metric of ['edge_pending', 'worker_mailbox_messages', 'worker_busy_actors']) {
          const level = read.get(metric)?.() ?? 0;
          if (level > 0) report(undefined, `${metric} of ${node} is ${level}`);
        }
      }
    },
  };
};
