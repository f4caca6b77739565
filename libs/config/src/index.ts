/** Options of all services as data, and how a process gets them. */
export { type AllOptions, CATALOGUE, type CatalogueEntry, type ConfigOf, type GroupName } from './catalogue.ts';
export { decideStart, type StartDecision, type StartRequest } from './command-line.ts';
export { markdownTable } from './document.ts';
export { ConfigError } from './errors.ts';
export { type Environment, type Loaded, loadConfig, type ReadFile, type ValueSource } from './load.ts';
export type { ApiOptions } from './options/api.ts';
export type { EdgeOptions, NoSubprotocol } from './options/edge.ts';
export type { SharedOptions } from './options/shared.ts';
export type { WorkerOptions } from './options/worker.ts';
export { configOfProcess } from './process-config.ts';
