/**
 * A production-like set on this machine. `start` is the order of starting; `stop` is the order of stopping: nobody new comes in, the
 * edges drain while everything behind them is there, the journal goes last.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Balancer } from './balancer.ts';
import { balancerMember, prometheusMember } from './front-members.ts';
import type { LocalProcess } from './local-process.ts';
import type { LocalSetOptions, SetMember } from './member.ts';
import { natsMembers } from './nats-members.ts';
import { serviceMembers } from './service-members.ts';

/** The set. */
export interface LocalSet {
  readonly edges: readonly SetMember[];
  readonly workers: readonly SetMember[];
  /** In the order of starting. */
  readonly members: readonly SetMember[];
  readonly balancer: Balancer;
  /** Starts everything; rejects when one is not ready, and then some may run: `stop` ends them. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends everything in order; resolves when no process is left. */
  stop(): Promise<void>;
}

/** Lays the set out and writes its configurations; nothing runs yet. */
export async function createLocalSet(options: LocalSetOptions): Promise<LocalSet> {
  for (const name of ['logs', 'nats', 'prometheus']) await mkdir(join(options.folder, name), { recursive: true });
  const nats = await natsMembers(options);
  const natsUrls = nats.map(({ url }) => url);
  const { edges, workers, api } = serviceMembers(options, natsUrls);
  const { haproxy, balancer } = await balancerMember(options);
  const prometheus = await prometheusMember(options);
  return {
    edges,
    workers,
    members: [...nats, ...workers, api, ...edges, haproxy, prometheus],
    balancer,
    start: async (signal) => {
      const startAll = (members: readonly SetMember[]): Promise<void> => allOf(members, (one) => one.start(signal));
      await startAll(nats);
      // The first one makes streams and buckets; the next one joins when the partitions stand still.
      for (const worker of workers) await startAll([worker]);
      await startAll([api, ...edges]);
      await startAll([haproxy, prometheus]);
    },
    stop: async () => {
      const stopAll = (members: readonly SetMember[]): Promise<void> => allOf(members, (one) => one.stop());
      // It listens no more, and carries what is open until the edges have closed it.
      haproxy.process.leave('SIGUSR1');
      await stopAll(edges);
      await stopAll([haproxy, prometheus, api]);
      await stopAll(workers);
      await stopAll(nats);
    },
  };
}

/** Waits for all, also when one fails: nobody must be started behind the back of a stop. */
async function allOf(members: readonly SetMember[], act: (one: LocalProcess) => Promise<unknown>): Promise<void> {
  const done = await Promise.allSettled(members.map(({ process: one }) => act(one)));
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}
