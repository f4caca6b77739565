/** Owns the order of things in a reboot: transactions end, their messages get a chance, then power goes. */
import { sleep } from '@voltlane/time';
import type { TransactionQueue } from './transaction-queue.ts';
import type { Unit } from './unit.ts';

/** Longest wait of a soft reset for its last transaction messages. */
const SOFT_RESET_MS = 5000;
/** How often a reset that waits for an idle charger looks. */
const LOOK_AGAIN_MS = 1000;

/** What kind of reboot. */
export interface RebootPlan {
  readonly reason: 'SoftReset' | 'HardReset';
  /** Wait until no transaction runs (2.x OnIdle). */
  readonly onlyWhenIdle: boolean;
}

/** Ends what runs, then calls `cut`, which drops the link and powers on again. */
export async function reboot(unit: Unit, plan: RebootPlan, queue: TransactionQueue, cut: () => void): Promise<void> {
  unit.note({ kind: 'resetting', how: plan.reason });
  while (plan.onlyWhenIdle && unit.connectors.some(({ transaction }) => transaction !== undefined)) {
    await sleep(unit.clock, LOOK_AGAIN_MS);
  }
  for (const { transaction } of unit.connectors) {
    if (transaction !== undefined) unit.stopTransaction(transaction, plan.reason);
  }
  // One turn for the scripts to queue their last message; a soft reset also waits until the CSMS has them.
  await sleep(unit.clock, 0);
  if (plan.reason === 'SoftReset') await Promise.race([queue.drained(), sleep(unit.clock, SOFT_RESET_MS)]);
  // After power-on every status is news.
  for (const connector of unit.connectors) connector.reported = undefined;
  cut();
}
