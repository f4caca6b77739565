/** Where the owners of partitions write when their chargers were last heard of, and the api reads it: docs/decisions/0009. */
import type { PartitionId } from '@voltlane/wire';

/** Bucket of the pages, one per partition. */
export const LAST_SEEN_BUCKET = 'voltlane_last_seen';

/** Largest page; NATS takes messages of 1 MiB unless told otherwise. Room for about 30,000 chargers in one partition. */
export const LAST_SEEN_PAGE_BYTES_MAX = 524_288;

/** Key of a partition's page. */
export function lastSeenKey(partition: PartitionId): string {
  return `p.${partition}`;
}
