/** Every invariant a run is held to. */
import type { CreateInvariant } from '../invariant.ts';
import { boundedMemory } from './bounded-memory.ts';
import { callsAnswered } from './calls-answered.ts';
import { commandsEndOnce } from './commands-end-once.ts';
import { convergence } from './convergence.ts';
import { effectsOnce } from './effects-once.ts';
import { errorsHaveCauses } from './errors-have-causes.ts';
import { history } from './history.ts';
import { newestSocket } from './newest-socket.ts';
import { noAcknowledgedLoss } from './no-acknowledged-loss.ts';
import { oneEpoch } from './one-epoch.ts';
import { oneOutstandingCall } from './one-outstanding-call.ts';
import { orderPerCharger } from './order-per-charger.ts';
import { singleActor } from './single-actor.ts';

/** In the order they are told. What throws where nothing may is reported as `nothing-throws` by the world. */
export const INVARIANTS: readonly CreateInvariant[] = [
  orderPerCharger,
  noAcknowledgedLoss,
  effectsOnce,
  oneEpoch,
  singleActor,
  callsAnswered,
  oneOutstandingCall,
  commandsEndOnce,
  newestSocket,
  errorsHaveCauses,
  boundedMemory,
  history,
  convergence,
];
