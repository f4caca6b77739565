/** Which partition a charger belongs to. Fixed for the life of a cluster: another answer would put a charger on two actors. */
import { WireError } from './errors.ts';
import { murmur3 } from './hash.ts';
import { type ChargerId, foldCase, PARTITIONS_MAX, type PartitionId, partitionId, type Tenant } from './identity.ts';

/** MurmurHash3 of tenant, `/` and the identity in lower case, modulo `partitions` (1–65,536). */
export function partitionOf(tenant: Tenant, chargerId: ChargerId, partitions: number): PartitionId {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_MAX) {
    throw new WireError('invalid-partition', `a cluster has 1–${PARTITIONS_MAX} partitions, got ${partitions}`);
  }
  return partitionId(murmur3(`${tenant}/${foldCase(chargerId)}`) % partitions);
}
