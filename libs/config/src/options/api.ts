/** Options of the api. */
import { integer, optional, port, text } from '../kind.ts';
import type { OptionGroup } from '../option.ts';
import { DEFAULT_HOST_DOC, defaultHost, host } from './shared.ts';

/** Options only the api has. */
export interface ApiOptions {
  readonly apiHost: string;
  readonly apiPort: number;
  readonly apiToken: string | undefined;
  readonly apiConnectionsMax: number;
  readonly apiRequestsPerSecond: number;
  readonly apiRequestsBurstMax: number;
  readonly apiBodyBytesMax: number;
  readonly apiStreamsMax: number;
  readonly apiStreamsPerKeyMax: number;
  readonly apiStreamStallMs: number;
  readonly fleetChargersMax: number;
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
  apiToken: {
    kind: optional(text(/^[\x21-\x7e]{16,512}$/, '16 to 512 visible ASCII characters without blanks')),
    default: undefined,
    secret: true,
    doc: 'Key of an administrator of all tenants (`Authorization: Bearer …`). Unset on the memory bus: a random one, printed at start; on NATS: only stored keys count.',
  },
  apiConnectionsMax: {
    kind: integer(1, 100_000),
    default: 4_096,
    doc: 'Connections to the api at once, event streams and probes included. One more is dropped.',
  },
  apiRequestsPerSecond: {
    kind: integer(1, 100_000),
    default: 200,
    doc: 'Requests per second of one API key. Above it: 429 with `Retry-After`.',
  },
  apiRequestsBurstMax: {
    kind: integer(1, 100_000),
    default: 400,
    doc: 'Requests of one API key admitted at once before `VOLTLANE_API_REQUESTS_PER_SECOND` counts.',
  },
  apiBodyBytesMax: {
    kind: integer(1_024, 16_777_216),
    default: 1_048_576,
    doc: 'Largest request body; a larger one gets 413. Imports are streamed and have no limit but that of one line.',
  },
  apiStreamsMax: {
    kind: integer(1, 100_000),
    default: 1_000,
    doc: 'Event streams (`GET /v1/events`) of one process. One more gets 503.',
  },
  apiStreamsPerKeyMax: {
    kind: integer(1, 100_000),
    default: 100,
    doc: 'Event streams of one API key on one process. One more gets 429.',
  },
  apiStreamStallMs: {
    kind: integer(1_000, 600_000),
    default: 30_000,
    doc: 'An event stream whose client has read nothing for this long is ended; it can resume with its last event id.',
  },
  fleetChargersMax: {
    kind: integer(1, 10_000_000),
    default: 200_000,
    doc: 'Chargers the api keeps in memory for lists, about 500 bytes each. With more, lists get 503 until it is raised; everything else works.',
  },
  seedFile: {
    kind: optional(text(/^[^\0]{1,4096}$/, 'a path')),
    default: undefined,
    doc: 'File of chargers, tokens and handlers, one JSON object per line, written into the registry at start.',
  },
};
