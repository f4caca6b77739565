/** Every protection that is taken away in turn to see whether the simulation notices. */
import type { Mutation } from '../mutation.ts';
import { earlyReply } from './early-reply.ts';
import { createEdgeIgnoresEpochs } from './edge-ignores-epochs.ts';
import { noCommandMemory } from './no-command-memory.ts';
import { noContentDedupe, noDedupe } from './no-dedupe.ts';
import { noFencing } from './no-fencing.ts';
import { createNoResend } from './no-resend.ts';
import { noSelfFence } from './no-self-fence.ts';
import { createStaleClose } from './stale-close.ts';

/** Makes a mutation for one run. */
export type CreateMutation = () => Mutation;

/** All of them; some keep notes, so each run makes its own. */
export const MUTATIONS: readonly CreateMutation[] = [
  (): Mutation => noFencing,
  (): Mutation => earlyReply,
  (): Mutation => noDedupe,
  (): Mutation => noContentDedupe,
  (): Mutation => noCommandMemory,
  createStaleClose,
  createEdgeIgnoresEpochs,
  (): Mutation => noSelfFence,
  createNoResend,
];
