/**
 * Looks at the broker from NATS as an operator would: who is a member, who claims which partition, who leads the journal, what the
 * journal holds. Never writes.
 */

import { CLAIMS_BUCKET, claimKey, decodeClaim, WORKERS_BUCKET } from '@voltlane/actors';
import { connectNats, EVENT_JOURNAL_NAME, eventJournalOptions } from '@voltlane/bus';
import type { HistoryRecord } from '@voltlane/testkit';
import { readHistory } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { createSubjects, partitionId } from '@voltlane/wire';
import type { StreamCluster } from './stream-cluster.ts';
import { readStreamCluster } from './stream-cluster.ts';

/** Partitions of the cluster under test: the default. */
export const PARTITIONS = 256;

/** What can be seen. */
export interface Observer {
  /** Ids of all workers ever seen in the bucket of members. */
  members(): ReadonlySet<string>;
  /** Partitions a worker claims. */
  partitionsOf(workerId: string): ReadonlySet<number>;
  /** Partitions that none of these workers claims. */
  unclaimed(living: ReadonlySet<string>): number;
  /** How long no claim has changed, ms. */
  claimsQuietMs(): number;
  /** Name of the server that leads the journal. */
  journalLeader(): Promise<string>;
  /** True when the journal and both buckets are led by another server than this one. */
  ledWithout(server: string): Promise<boolean>;
  /** What is wrong with the copies of the journal and the buckets, or undefined. */
  laggingCopies(): Promise<string | undefined>;
  /** Everything the journal holds. */
  history(): Promise<readonly HistoryRecord[]>;
  close(): Promise<void>;
}

const REQUEST_MS_MAX = 2_000;
/** A stream without a leader does not answer; this is how exactly its return is seen. */
const POLL_MS_MAX = 200;
const WATCHED_STREAMS = [EVENT_JOURNAL_NAME, `KV_${CLAIMS_BUCKET}`, `KV_${WORKERS_BUCKET}`];

/** Connects and follows both buckets. They must exist. */
export async function startObserver(urls: readonly string[], replicas: number): Promise<Observer> {
  const bus = await connectNats({
    urls,
    name: 'chaos',
    clock: systemClock,
    reconnectWaitMsMax: 500,
    bucketReplicas: replicas,
  });
  const bucket = { maxAgeMs: 0, valueBytesMax: 1024 };
  const claims = await bus.keyValue({ ...bucket, bucket: CLAIMS_BUCKET });
  const workers = await bus.keyValue({ ...bucket, bucket: WORKERS_BUCKET });
  const holders = new Map<string, string | undefined>();
  const seen = new Set<string>();
  let changedMs = systemClock.monotonicMs();
  await claims.watch('>', ({ key, value }) => {
    const holder = value === undefined ? undefined : decodeClaim(value).worker;
    if (holders.get(key) !== holder) changedMs = systemClock.monotonicMs();
    holders.set(key, holder);
  });
  await workers.watch('>', ({ key, value }) => {
    if (value !== undefined) seen.add(key);
  });
  const keys = Array.from({ length: PARTITIONS }, (_, number) => claimKey(partitionId(number)));
  const clusterOf = async (stream: string, timeoutMs: number = REQUEST_MS_MAX): Promise<StreamCluster> => {
    const answer = await bus.request(`$JS.API.STREAM.INFO.${stream}`, new Uint8Array(0), timeoutMs);
    return readStreamCluster(Buffer.from(answer).toString());
  };
  return {
    members: () => seen,
    partitionsOf: (id) => new Set(keys.flatMap((key, number) => (holders.get(key) === id ? [number] : []))),
    unclaimed: (living) => keys.filter((key) => !living.has(holders.get(key) ?? '')).length,
    claimsQuietMs: () => systemClock.monotonicMs() - changedMs,
    journalLeader: async () => (await clusterOf(EVENT_JOURNAL_NAME)).leader,
    ledWithout: async (server) => {
      const clusters = await Promise.all(WATCHED_STREAMS.map((stream) => clusterOf(stream, POLL_MS_MAX)));
      return clusters.every(({ leader }) => leader !== '' && leader !== server);
    },
    laggingCopies: async () => {
      for (const stream of WATCHED_STREAMS) {
        const { leader, copies } = await clusterOf(stream);
        if (leader === '') return `${stream} has no leader`;
        if (copies.length < replicas - 1) return `${stream} has ${copies.length + 1} copies of ${replicas}`;
        const late = copies.find(({ current }) => !current);
        if (late !== undefined) return `the copy of ${stream} on ${late.name} is not current`;
      }
      return undefined;
    },
    history: async () => {
      const subjects = createSubjects('');
      const journal = await bus.journal(
        eventJournalOptions(subjects, {
          maxAgeMs: 168 * 3_600_000,
          replicas,
          storage: 'file',
          duplicateWindowMs: 600_000,
        }),
      );
      return readHistory(journal, subjects.eventFilter({}));
    },
    close: () => bus.close(),
  };
}
