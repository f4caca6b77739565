/** How a process runs the api, alone or with others. */
import type { ConfigOf } from '@voltlane/config';
import type { ServiceDefinition } from '@voltlane/launch';
import { type Api, startApi } from './api.ts';

/** The api as `runService` and the broker take it. */
export const api: ServiceDefinition<ConfigOf<'api'>, Api> = {
  name: 'api',
  health: (config) => ({ host: config.apiHost, port: config.apiPort }),
  start: startApi,
};
