/** What every main does the same way. */
export { type Backplane, natsOptions, openBackplane } from './backplane.ts';
export { runProcess, runService, type Stoppable } from './run-process.ts';
export {
  type ProcessParts,
  type Running,
  type ServiceContext,
  type ServiceDefinition,
  type ServicePort,
  type StartedService,
  startService,
} from './service.ts';
export { explainStartFailure } from './start-failure.ts';
