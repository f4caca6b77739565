/** The api service. */
export { type Api, startApi } from './api.ts';
export { api } from './definition.ts';
export { SeedFileError } from './errors.ts';
