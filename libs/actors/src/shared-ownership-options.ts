/** Limits of shared ownership, and what it counts. */
import type { MembershipTimes } from './membership.ts';

/** Relations: those of `MembershipTimes`. */
export interface SharedOwnershipOptions extends MembershipTimes {
  /** How long a partition on its way to another worker may finish its mailboxes; what is left is dropped and sent again. */
  readonly handOverMs: number;
  /** Partitions one worker hands over at the same time. */
  readonly rebalanceInFlightMax: number;
}

/** Snapshot for metrics; totals unless said otherwise. */
export interface OwnershipStats {
  /** Partitions held now. */
  readonly held: number;
  /** Partitions nobody acts for now, as this worker sees them; all of them while it is fenced and can see nothing. */
  readonly unowned: number;
  /** Live members now, this one included while it is current. */
  readonly members: number;
  readonly gained: number;
  /** Taken by others, or dropped when fenced. */
  readonly lost: number;
  readonly handedOver: number;
  /** Hand-overs that ran out of time with messages in hand. */
  readonly handOverTimeouts: number;
  /** Times this worker stopped acting because its heartbeats did not get through. */
  readonly fenced: number;
  readonly heartbeatFailures: number;
  /** Claims another worker wrote first. */
  readonly claimConflicts: number;
  /** Claims whose write failed or ended unknown. */
  readonly claimFailures: number;
  /** Claims in the bucket that nobody can read. */
  readonly claimsUnreadable: number;
}
