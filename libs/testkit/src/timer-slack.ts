/**
 * How late the kernel may wake a thread that sleeps (timer slack, prctl(2), PR_SET_TIMERSLACK). A process has it from the thread that started it,
 * so it takes no right to give it to one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Of the main thread, which is the one that starts processes here. */
const OWN = '/proc/self/timerslack_ns';

/** Whether this machine lets one set it. */
export function hasTimerSlack(): boolean {
  return existsSync(OWN);
}

/** What `act` starts has this slack, µs, in all its threads; 0: that of this process, 50 unless somebody set it. */
export function withTimerSlack<T>(slackUs: number, act: () => T): T {
  if (slackUs === 0) return act();
  const before = readFileSync(OWN, 'utf8');
  writeFileSync(OWN, String(slackUs * 1_000));
  try {
    return act();
  } finally {
    writeFileSync(OWN, before);
  }
}
