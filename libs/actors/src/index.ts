/** One mailbox per key, in order, on exactly one worker. Knows no OCPP. */
export type { ActorBehaviour, FailureAnswer } from './behaviour.ts';
export type { Claim } from './claim.ts';
export { CLAIMS_BUCKET, claimKey, decodeClaim, encodeClaim } from './claim.ts';
export type { ActorsErrorCode } from './errors.ts';
export { ActorsError } from './errors.ts';
export { ActorHost } from './host.ts';
export type { Delivery, HostOptions, HostStats } from './host-options.ts';
export type { Ownership, PartitionListener } from './ownership.ts';
export type { SoleOwnerOptions } from './sole-owner.ts';
export { SoleOwner } from './sole-owner.ts';
