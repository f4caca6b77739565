/**
 * The key a transaction has in every event: unique over tenants, chargers and OCPP versions, and the same on every worker.
 * 1.6 numbers are ours, 2.x ids are the station's: neither alone tells two transactions of two chargers apart.
 */
import { contentUuid } from './content-id.ts';

/** The charger a transaction belongs to. */
export interface TransactionOwner {
  readonly tenant: string;
  readonly chargerId: string;
}

/** Key of a 1.6 transaction: the id we gave it and the count it was made from. */
export function transactionKey16(owner: TransactionOwner, id: string, count: number): string {
  return contentUuid(owner.tenant, owner.chargerId.toLowerCase(), '1.6', id, count);
}

/** Key of a 2.0.1 or 2.1 transaction: the station's own id, unique for its lifetime (2.x E01.FR.08); an upgrade keeps it. */
export function transactionKey2x(owner: TransactionOwner, id: string): string {
  return contentUuid(owner.tenant, owner.chargerId.toLowerCase(), '2.x', id);
}

/** Key of a 1.6 StopTransaction that belongs to no transaction we know: made from its own content. */
export function unmatchedKey16(owner: TransactionOwner, stopFingerprint: string): string {
  return contentUuid(owner.tenant, owner.chargerId.toLowerCase(), '1.6 unmatched', stopFingerprint);
}
