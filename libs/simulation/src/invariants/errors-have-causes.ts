/**
 * A charger hears an error for a good CALL only while something is broken: an edge keeps calls for an owner that is away, and sends
 * them again as soon as there is one.
 */
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** How long after the last fault on a node an error still has it for a reason: a process starts, members expire, claims move. */
const EXCUSE_MS = 12_000;
/** Chargers come before the nodes are up. */
const START_MS = 30_000;

/** Watches errors and faults. */
export const errorsHaveCauses: CreateInvariant = (report): Invariant => {
  let disturbed = false;
  let quietSinceMs = START_MS;
  return {
    name: 'errors-have-causes',
    sentence: 'When nothing is broken no charger gets an error for a good call.',
    disturbed(on, nowMs): void {
      disturbed = on;
      if (!on) quietSinceMs = nowMs;
    },
    frame(link, way, { type, messageId }, nowMs): void {
      if (type !== 'error' || way !== 'down' || disturbed || nowMs - quietSinceMs < EXCUSE_MS) return;
      report(
        link.charger,
        `CALL ${messageId} got an error ${Math.round(nowMs - quietSinceMs)} ms after the last fault`,
      );
    },
  };
};
