/** An api with a real HTTP port in the process of the test, its log kept, its clock moved at will. */
import { type Bus, createMemoryBus } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { openClusterSettings, openRegistry, type Registry } from '@voltlane/registry';
import {
  createTelemetry,
  type LogFields,
  type Logger,
  type Metrics,
  type Readiness,
  startHealthServer,
  type Telemetry,
} from '@voltlane/telemetry';
import { type Clock, systemClock, systemRandom } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import { type Api, startApi } from '../src/index.ts';

/** Key of the configuration in all rigs. */
export const ADMIN_TOKEN = 'administrator-of-the-tests';

/** One line of the log. */
export interface LogLine extends LogFields {
  readonly level: string;
  readonly event: string;
}

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text of anything else. */
  readonly body: unknown;
}

/** How to ask. */
export interface Ask {
  readonly method?: string;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
  /** A key; null sends none. Default: the administrator's. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running api. */
export interface ApiRig {
  readonly url: string;
  readonly api: Api;
  readonly bus: Bus;
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly lines: readonly LogLine[];
  ask(path: string, ask?: Ask): Promise<Answer>;
  /** Moves both clocks of the api forward. */
  passMs(ms: number): void;
  stop(): Promise<void>;
}

/** Metrics, and a log that says nothing. */
export function quietTelemetry(): Telemetry {
  return createTelemetry({ service: 'api', instance: 'test', logLevel: 'fatal', logFormat: 'json' });
}

/** Starts it on a bus, by default one in memory. */
export async function startRig(
  env: Readonly<Record<string, string>> = {},
  bus: Bus = createMemoryBus({ clock: systemClock }).connect('api'),
): Promise<ApiRig> {
  const lines: LogLine[] = [];
  let passedMs = 0;
  const clock: Clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + passedMs,
    monotonicMs: () => systemClock.monotonicMs() + passedMs,
    after: (ms, fire) => systemClock.after(ms, fire),
    every: (ms, fire) => systemClock.every(ms, fire),
  };
  const { metrics } = quietTelemetry();
  let readiness = (): Readiness => ({ ready: false, checks: {} });
  const health = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    readiness: () => readiness(),
    metrics,
  });
  const registry = await openRegistry(bus);
  const started = await startApi(
    {
      config: loadConfig(['api'], { VOLTLANE_API_TOKEN: ADMIN_TOKEN, ...env }, () => '').config,
      bus,
      registry,
      settings: await openClusterSettings(bus, { partitions: 4 }, systemRandom),
      subjects: createSubjects(),
      clock,
      random: systemRandom,
      telemetry: { log: keeper(lines), metrics },
    },
    health,
  );
  readiness = () => started.readiness();
  return {
    url: health.url,
    api: started,
    bus,
    registry,
    metrics,
    lines,
    ask: (path, ask = {}) => answerOf(`${health.url}${path}`, ask),
    passMs: (ms) => {
      passedMs += ms;
    },
    stop: async () => {
      await started.stop();
      registry.close();
      await bus.close();
      await health.close();
    },
  };
}

async function answerOf(
  url: string,
  { method = 'GET', body, token = ADMIN_TOKEN, headers = {} }: Ask,
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body), duplex: 'half' }),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}

function keeper(lines: LogLine[], bound: LogFields = {}): Logger {
  const at =
    (level: string) =>
    (fields: LogFields, event: string): void => {
      lines.push({ ...bound, ...fields, level, event });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => keeper(lines, { ...bound, ...fields }),
  };
}
