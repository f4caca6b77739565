/**
 * The two bounded lists of transactions in a charger's state. What happens when they are full:
 * - `open`: the oldest is moved to `ended` as unfinished, so that its end is still recognised by id or key;
 * - `ended`: the oldest is forgotten; a resend of its messages is then recorded again under the same event ids.
 */

import type { ChargerState, EndedTransaction, OpenTransaction } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';

/** The state with one more open transaction. */
export function withOpened(state: ChargerState, transaction: OpenTransaction): ChargerState {
  const open = [...state.open, transaction];
  if (open.length <= STATE_LIMITS.openMax) return { ...state, open };
  const [oldest, ...rest] = open;
  return oldest === undefined ? state : { ...withEnded(state, unfinished(oldest)), open: rest };
}

/** The state with an open transaction in a newer version of itself. */
export function withChanged(state: ChargerState, transaction: OpenTransaction): ChargerState {
  return { ...state, open: state.open.map((one) => (one.key === transaction.key ? transaction : one)) };
}

/** The state after a transaction ended: no longer open, remembered among the ended ones. */
export function withEnded(state: ChargerState, ended: EndedTransaction): ChargerState {
  const others = state.ended.filter((one) => one.key !== ended.key);
  return {
    ...state,
    open: state.open.filter((one) => one.key !== ended.key),
    ended: [...others, ended].slice(-STATE_LIMITS.endedMax),
  };
}

/** An open transaction pushed out of the list: no stop fingerprint and no end, so its end is still news. */
function unfinished(transaction: OpenTransaction): EndedTransaction {
  return {
    id: transaction.id,
    key: transaction.key,
    startFingerprint: transaction.startFingerprint,
    stopFingerprint: undefined,
    seen: transaction.seen,
    startSeqNo: transaction.startSeqNo,
    endSeqNo: undefined,
  };
}
