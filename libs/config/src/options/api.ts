/** Options of the api. */
import { optional, port, text } from '../kind.ts';
import type { OptionGroup } from '../option.ts';
import { DEFAULT_HOST_DOC, defaultHost, host } from './shared.ts';

/** Options only the api has. */
export interface ApiOptions {
  readonly apiHost: string;
  readonly apiPort: number;
  readonly seedFile: string | undefined;
}

/** The api group as data. */
export const apiOptions: OptionGroup<ApiOptions> = {
  apiHost: {
    kind: host,
    defaultFrom: defaultHost,
    defaultDoc: DEFAULT_HOST_DOC,
    doc: 'Where the api listens.',
  },
  apiPort: { kind: port, default: 8080, doc: 'Port of the api, and of its `/healthz`, `/readyz` and `/metrics`.' },
  seedFile: {
    kind: optional(text(/^[^\0]{1,4096}$/, 'a path')),
    default: undefined,
    doc: 'File of chargers, tokens and handlers, one JSON object per line, written into the registry at start.',
  },
};
