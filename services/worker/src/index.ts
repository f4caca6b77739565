/** The worker: hosts the actors of chargers. */
export { startWorker } from './worker.ts';
export type { Worker, WorkerConfig, WorkerDependencies } from './worker.ts';
