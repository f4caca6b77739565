/** How a process runs the worker, alone or with others. */
import type { ConfigOf } from '@voltlane/config';
import type { ServiceDefinition } from '@voltlane/launch';
import type { Worker } from './worker.ts';
import { startWorker } from './worker.ts';

/** The worker as `runService` and the broker take it. */
export const worker: ServiceDefinition<ConfigOf<'worker'>, Worker> = {
  name: 'worker',
  health: (config) => ({ host: config.healthHost, port: config.workerHealthPort }),
  start: startWorker,
};
