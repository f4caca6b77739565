/** In which order faults come: rounds in which each kind comes once, shuffled by the seed. Pure. */

import type { Random } from '@voltlane/time';
import type { FaultKind } from './fault-kind.ts';

/** Endless order of faults; equal seeds give equal orders. */
export function* faultOrder(kinds: readonly FaultKind[], random: Random): Generator<FaultKind, never> {
  if (kinds.length === 0) throw new Error('a schedule needs at least one kind of fault');
  for (;;) {
    const round = [...kinds];
    while (round.length > 0) {
      const [kind] = round.splice(Math.floor(random.next() * round.length), 1);
      if (kind !== undefined) yield kind;
    }
  }
}

/** A member of a list, drawn at random. */
export function draw<T>(list: readonly T[], random: Random): T {
  const drawn = list[Math.floor(random.next() * list.length)];
  if (drawn === undefined) throw new Error('nothing to draw from');
  return drawn;
}
