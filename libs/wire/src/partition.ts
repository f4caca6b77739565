/** Which partition a charger belongs to. Fixed for the life of a cluster: another answer would put a charger on two actors. */
import { WireError } from './errors.ts';
import { murmur3 } from './hash.ts';
import { type ChargerId, foldCase, isPartitionId, PARTITIONS_MAX, type PartitionId, type Tenant } from './identity.ts';

/** MurmurHash3 of tenant, `/` and the identity in lower case, modulo `partitions` (1–65,536). */
export function partitionOf(tenant: Tenant, chargerId: ChargerId, partitions: number): PartitionId {
  const partition = murmur3(`${tenant}/${foldCase(chargerId)}`) % partitions;
  // Also catches a partition count that is not a number.
  if (!isPartitionId(partition) || partitions > PARTITIONS_MAX) {
    throw new WireError('invalid-partition', `a cluster has 1–${PARTITIONS_MAX} partitions, got ${partitions}`);
  }
  return partition;
}
