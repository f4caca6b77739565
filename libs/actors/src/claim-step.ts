/** What to do about one partition next. Pure. */
import type { WorkerId } from '@voltlane/wire';

/** All that counts for one partition, as this worker sees it. */
export interface ClaimView {
  readonly me: WorkerId;
  /** True while this worker holds the partition. */
  readonly held: boolean;
  /** Who holds the claim in the bus, if anybody. */
  readonly holder: WorkerId | undefined;
  readonly holderLive: boolean;
  /** Who should hold it among the live members that take partitions. */
  readonly owner: WorkerId | undefined;
  /** This worker is on its way out. */
  readonly leaving: boolean;
}

/**
 * `acquire`: take the claim. `handOver`: finish what is in hand, then free the claim. `disown`: free a claim in our name that we
 * do not hold (it was written, but the answer was lost, or we were fenced). `wait`: it is ours once its live holder frees it.
 */
export type ClaimStep = 'acquire' | 'handOver' | 'disown' | 'wait' | 'rest';

/** The next step. */
export function nextStep(view: ClaimView): ClaimStep {
  const { me, held, holder, holderLive, owner, leaving } = view;
  if (held) return leaving || (owner !== undefined && owner !== me) ? 'handOver' : 'rest';
  if (owner === me && !leaving) {
    // A claim in our own name that we do not hold is a leftover: it is taken again, under an epoch of its own.
    return holder === undefined || holder === me || !holderLive ? 'acquire' : 'wait';
  }
  return holder === me ? 'disown' : 'rest';
}
