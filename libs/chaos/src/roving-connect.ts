/**
 * A charger's way to one of several edges, as a load balancer gives it: the first dial goes to its home, each later one to another
 * edge than the last, drawn at random.
 */

import type { Connect } from '@voltlane/charger';
import { connectWebSocket } from '@voltlane/charger';
import type { Random } from '@voltlane/time';

/** The port for the charger, and where it stands. */
export interface RovingConnect {
  readonly connect: Connect;
  /** Index of the edge dialled last. */
  edge(): number;
}

/** Builds one for one charger. */
export function createRovingConnect(
  urls: readonly string[],
  home: number,
  random: Random,
  dial: Connect = connectWebSocket,
): RovingConnect {
  let edge = home % urls.length;
  let first = true;
  return {
    connect: (target, events) => {
      if (!first && urls.length > 1) edge = (edge + 1 + Math.floor(random.next() * (urls.length - 1))) % urls.length;
      first = false;
      return dial({ ...target, url: urls[edge] ?? target.url }, events);
    },
    edge: () => edge,
  };
}
