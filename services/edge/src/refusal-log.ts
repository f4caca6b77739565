/**
 * Says who was refused and why, a few times a second at most: one line helps whoever sets up a charger, a wave of them helps
 * nobody. Writes no query and no header, which may hold secrets.
 */
import type { Telemetry } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { Refusal } from './refusal.ts';

/** Told of each refusal with the target of its request line. */
export type OnRefused = (refused: Refusal, target: string, remoteAddress: string) => void;

const LINES_PER_SECOND_MAX = 10;
const TARGET_CHARS_MAX = 300;

/** Writes refusals to the log. */
export const createRefusalLog = (log: Pick<Telemetry['log'], 'warn'>, clock: Clock): OnRefused => {
  let windowStartMs = clock.monotonicMs();
  let lines = 0;
  let withheld = 0;
  return (refused, target, remoteAddress) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - windowStartMs >= 1_000) {
      windowStartMs = nowMs;
      lines = 0;
    }
    if (lines >= LINES_PER_SECOND_MAX) {
      withheld += 1;
      return;
    }
    lines += 1;
    const [path = ''] = target.slice(0, TARGET_CHARS_MAX).split('?', 1);
    const { status, reason } = refused;
    log.warn({ status, reason, path, remoteAddress, ...(withheld > 0 ? { withheld } : undefined) }, 'charger refused');
    withheld = 0;
  };
};
