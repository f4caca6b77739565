/** One mailbox per key, in order, on exactly one worker. Knows no OCPP. */
export { assign, ownerOf } from './assignment.ts';
export type { ActorBehaviour, FailureAnswer } from './behaviour.ts';
export type { Claim } from './claim.ts';
export { CLAIMS_BUCKET, claimKey, decodeClaim, encodeClaim } from './claim.ts';
export type { ActorsErrorCode } from './errors.ts';
export { ActorsError } from './errors.ts';
export type { RunningHeartbeat } from './heartbeat.ts';
export { startHeartbeat } from './heartbeat.ts';
export { ActorHost } from './host.ts';
export type { Delivery, HostOptions, HostStats } from './host-options.ts';
export type { MemberRecord, MemberState } from './member.ts';
export { decodeMember, EDGES_BUCKET, encodeMember, WORKERS_BUCKET } from './member.ts';
export type { MembershipTimes, PresenceLine } from './membership.ts';
export { Membership } from './membership.ts';
export type { Ownership, PartitionListener } from './ownership.ts';
export type { SharedOwnershipDependencies } from './shared-ownership.ts';
export { SharedOwnership } from './shared-ownership.ts';
export type { OwnershipStats, SharedOwnershipOptions } from './shared-ownership-options.ts';
