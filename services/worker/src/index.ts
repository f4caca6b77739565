/** The worker: hosts the actors of chargers. */
export { worker } from './definition.ts';
export { startWorker } from './worker.ts';
export type { Worker } from './worker.ts';
