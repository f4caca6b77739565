/** Options of every process: the bus, logs, stopping. Loaded first, so other groups' defaults may look at them. */
import { bool, integer, oneOf, optional, text, urlList } from '../kind.ts';
import type { OptionGroup } from '../option.ts';
import { type TracingOptions, tracingOptions } from './tracing.ts';

/** Options every service has. */
export interface SharedOptions extends TracingOptions {
  readonly natsUrl: readonly string[];
  readonly natsUser: string | undefined;
  readonly natsPassword: string | undefined;
  readonly natsToken: string | undefined;
  readonly natsTlsCaFile: string | undefined;
  readonly natsTlsCertFile: string | undefined;
  readonly natsTlsKeyFile: string | undefined;
  readonly natsReplicas: number;
  readonly subjectPrefix: string;
  readonly partitions: number;
  readonly chargers: 'open' | 'registered';
  readonly journalStorage: 'file' | 'memory';
  readonly journalMaxAgeHours: number;
  readonly journalDuplicateWindowMs: number;
  readonly commandKeepHours: number;
  readonly commandRequestsMax: number;
  readonly edgeHeartbeatMs: number;
  readonly edgeExpiryMs: number;
  readonly healthHost: string;
  readonly trustProxy: boolean;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly logFormat: 'auto' | 'json' | 'pretty';
  readonly stopDeadlineMs: number;
}

/** True without a NATS server: everything lives in this process and dies with it. */
function inMemory(earlier: Partial<SharedOptions>): boolean {
  return (earlier.natsUrl ?? []).length === 0;
}

/** Where a listener binds by default: only this machine while the bus is in memory or chargers are not registered. */
export function defaultHost(earlier: Partial<SharedOptions>): string {
  return inMemory(earlier) || earlier.chargers === 'open' ? '127.0.0.1' : '0.0.0.0';
}

/** How the documentation words `defaultHost`. */
export const DEFAULT_HOST_DOC = '127.0.0.1 on the memory bus or with open chargers, else 0.0.0.0';

/** Text of a host to listen on. */
export const host: ReturnType<typeof text> = text(/^[0-9A-Za-z.:_-]{1,253}$/, 'a host name or an IP address');

const path = text(/^[^\0]{1,4096}$/, 'a path');
const credential = text(/^[^\0\r\n]{1,4096}$/, 'one line of text');

/** The shared group as data. */
export const sharedOptions: OptionGroup<SharedOptions> = {
  natsUrl: {
    kind: urlList(['nats:', 'tls:']),
    default: [],
    defaultDoc: 'unset: memory bus',
    doc: 'NATS servers. Unset runs everything on a bus in memory, which does not survive the process.',
  },
  natsUser: { kind: optional(credential), default: undefined, doc: 'NATS user name.' },
  natsPassword: { kind: optional(credential), default: undefined, secret: true, doc: 'NATS password.' },
  natsToken: { kind: optional(credential), default: undefined, secret: true, doc: 'NATS token.' },
  natsTlsCaFile: {
    kind: optional(path),
    default: undefined,
    doc: 'Path of the authorities to trust, if not the system’s.',
  },
  natsTlsCertFile: { kind: optional(path), default: undefined, doc: 'Path of the client certificate for NATS.' },
  natsTlsKeyFile: { kind: optional(path), default: undefined, doc: 'Path of the key of that certificate.' },
  natsReplicas: {
    kind: integer(1, 5),
    default: 1,
    doc: 'Copies of each journal record and bucket entry. With 1 an acknowledged record is lost with its disk.',
  },
  subjectPrefix: {
    kind: text(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'NATS tokens separated by dots'),
    default: '',
    defaultDoc: 'none',
    doc: 'Put before every subject.',
  },
  partitions: {
    kind: integer(1, 4096),
    default: 256,
    doc: 'Partitions of the cluster. Fixed at first start; a process that is told otherwise refuses to start.',
  },
  chargers: {
    kind: oneOf(['open', 'registered']),
    defaultFrom: (earlier) => (inMemory(earlier) ? 'open' : 'registered'),
    defaultDoc: 'open on the memory bus, else registered',
    doc: 'Who may connect: any charger (`open`, for trying out) or only registered ones.',
  },
  journalStorage: {
    kind: oneOf(['file', 'memory']),
    default: 'file',
    doc: 'Where NATS keeps the journal. `memory` does not survive the NATS server.',
  },
  journalMaxAgeHours: {
    kind: integer(1, 87_600),
    default: 168,
    doc: 'How long events can be read again. The newest state of each charger is kept for ever.',
  },
  journalDuplicateWindowMs: {
    kind: integer(120_000, 86_400_000),
    default: 600_000,
    doc: 'How long the journal recognises a telemetry record it has already taken.',
  },
  commandKeepHours: {
    kind: integer(1, 8_760),
    default: 24,
    doc: 'How long the outcome of a command can be asked for, and an idempotency key is recognised. Equal in all workers and apis; fixed when the bucket is created.',
  },
  commandRequestsMax: {
    kind: integer(1, 1_000_000),
    default: 10_000,
    doc: 'Requests about commands one process brings to the owners at once; one more is refused with `overloaded`.',
  },
  edgeHeartbeatMs: {
    kind: integer(10, 60_000),
    default: 1_000,
    doc: 'How often an edge tells the workers that it lives. Equal in all edges and workers, as `edgeExpiryMs`.',
  },
  edgeExpiryMs: {
    kind: integer(50, 600_000),
    default: 4_000,
    doc: 'An edge nobody heard of for this long is gone: its chargers are reported disconnected.',
  },
  healthHost: {
    kind: host,
    defaultFrom: defaultHost,
    defaultDoc: DEFAULT_HOST_DOC,
    doc: 'Where health, readiness and metrics are served.',
  },
  trustProxy: {
    kind: bool,
    default: false,
    doc: 'Take the peer address from `X-Forwarded-For`. Only behind a proxy that sets it.',
  },
  logLevel: {
    kind: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    default: 'info',
    doc: 'Least severe log line that is written.',
  },
  logFormat: {
    kind: oneOf(['auto', 'json', 'pretty']),
    default: 'auto',
    doc: 'One JSON object per line, or lines for people. `auto`: pretty when standard output is a terminal.',
  },
  stopDeadlineMs: {
    kind: integer(100, 600_000),
    default: 25_000,
    doc: 'How long a stop may take after SIGTERM; then the process exits with 1. Keep it below the grace time of the platform.',
  },
  ...tracingOptions,
};
