/** Every invariant a run is held to. */
import type { CreateInvariant } from '../invariant.ts';

/** In the order they are told. */
export const INVARIANTS: readonly CreateInvariant[] = [];
