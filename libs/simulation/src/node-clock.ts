/**
 * The clock of one node: the world's time, a wall clock that may be off, timers that pass the node's gate. An interval that fell
 * due several times during a pause fires once, as on a real process.
 */
import type { CancelTimer, Clock } from '@voltlane/time';
import type { Gate } from './gate.ts';

/** The clock of a node whose wall clock is `skewMs` ahead. */
export function nodeClock(world: Clock, gate: Gate, skewMs: number): Clock {
  return {
    nowMs: () => world.nowMs() + skewMs,
    monotonicMs: () => world.monotonicMs(),
    after(delayMs, fire): CancelTimer {
      let over = false;
      const cancel = world.after(delayMs, () => {
        gate.run(() => {
          if (!over) fire();
        });
      });
      return () => {
        over = true;
        cancel();
      };
    },
    every(intervalMs, fire): CancelTimer {
      let over = false;
      let waiting = false;
      const turn = (): void => {
        waiting = false;
        if (!over) fire();
      };
      const cancel = world.every(intervalMs, () => {
        if (gate.crashed) cancel();
        if (waiting) return;
        waiting = true;
        gate.run(turn);
      });
      return () => {
        over = true;
        cancel();
      };
    },
  };
}
