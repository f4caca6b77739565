/** The worker: hosts the actors of chargers. */
export { worker } from './definition.ts';
export type { Worker } from './worker.ts';
export { startWorker } from './worker.ts';
