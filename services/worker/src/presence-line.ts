/**
 * A worker's line on the bus: a subscription nobody speaks to. The bus itself says when nobody holds it, which it knows at once
 * when a process dies, because its connection ends.
 */
import type { PresenceLine } from '@voltlane/actors';
import type { Bus } from '@voltlane/bus';
import { isBusError } from '@voltlane/bus';
import type { Subjects, WorkerId } from '@voltlane/wire';

/** "Nobody" comes at once; somebody never answers, and this is how long that is waited for. */
const NOBODY_MS_MAX = 200;
const EMPTY = new Uint8Array(0);

/** The line of `self`, and the way to look for others on theirs. */
export function presenceLine(
  bus: Pick<Bus, 'subscribe' | 'request'>,
  subjects: Subjects,
  self: WorkerId,
): PresenceLine<WorkerId> {
  return {
    hold: () => bus.subscribe(subjects.worker(self), () => undefined),
    isHeld: async (id) => {
      try {
        await bus.request(subjects.worker(id), EMPTY, NOBODY_MS_MAX);
        return true;
      } catch (error) {
        if (!isBusError(error)) throw error;
        return error.code !== 'no-responders';
      }
    },
  };
}
