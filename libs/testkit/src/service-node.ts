/** One edge or worker as a real process that keeps its ports over kill, freeze, stop and start. */

import { freePort } from './free-port.ts';
import type { ProcessExit, ServiceProcess } from './service-process.ts';
import { startService } from './service-process.ts';

/** What a node is. */
export interface ServiceNodeOptions {
  readonly service: 'edge' | 'worker';
  /** `edge 1`, `worker 3`: how progress lines and the report call it. */
  readonly name: string;
  /** Settings beside its ports. */
  readonly env: Readonly<Record<string, string>>;
  /** Address chargers and probes reach it by; default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free ones (`freePort`). */
  readonly ports?: { readonly ocpp: number; readonly health: number };
  /** Extra arguments of node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
  /** See `ServiceProcessOptions`. */
  readonly compiled?: boolean;
  /** See `ServiceProcessOptions`. */
  readonly niceness?: number;
}

/** A node under control. */
export interface ServiceNode {
  readonly name: string;
  /** Where chargers connect to an edge: `ws://…/ocpp`. */
  readonly ocppUrl: string;
  /** Process id of the present process. */
  pid(): number;
  /** Starts the process on the ports of this node and waits until it is ready. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to how it ended. */
  stop(): Promise<ProcessExit>;
  /** SIGSTOP. */
  freeze(): void;
  /** SIGCONT. */
  resume(): void;
  /** True when `/readyz` says so. */
  ready(): Promise<boolean>;
  /** Sum of a metric over its series, of those only that hold `label` if one is given, such as `fate="stale"`. */
  metric(name: string, label?: string): Promise<number>;
  /** Text of `/metrics`. */
  metricsText(): Promise<string>;
  /** End of what it wrote. */
  logTail(): string;
}

const READY_MS_MAX = 60_000;
const ANSWER_MS_MAX = 2_000;
const LOG_CHARS = 2_000;

/** Takes ports for a node; nothing runs yet. */
export async function createServiceNode(options: ServiceNodeOptions): Promise<ServiceNode> {
  const { service, name, env, host = '127.0.0.1', nodeArgs = [], compiled = false, niceness = 0 } = options;
  const { ocpp: ocppPort, health: healthPort } = options.ports ?? { ocpp: await freePort(), health: await freePort() };
  const health = `http://${host}:${healthPort}`;
  const listen = {
    VOLTLANE_OCPP_HOST: host,
    VOLTLANE_HEALTH_HOST: host,
    VOLTLANE_OCPP_PORT: String(ocppPort),
    VOLTLANE_EDGE_HEALTH_PORT: String(healthPort),
    VOLTLANE_WORKER_HEALTH_PORT: String(healthPort),
  };
  let running: ServiceProcess | undefined;
  const fetched = async (path: string): Promise<Response> =>
    fetch(`${health}${path}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  const metricsText = async (): Promise<string> => (await fetched('/metrics')).text();
  return {
    name,
    ocppUrl: `ws://${host}:${ocppPort}/ocpp`,
    pid: () => running?.pid ?? 0,
    start: async () => {
      const readyUrl = `${health}/readyz`;
      const settings = { ...env, ...listen };
      const process = { service, env: settings, nodeArgs, compiled, niceness };
      running = await startService({ ...process, readyUrl, readyTimeoutMs: READY_MS_MAX });
    },
    kill: async () => {
      await running?.kill();
    },
    stop: async () => {
      running?.signal('SIGCONT');
      return (await running?.stop()) ?? { code: 0, signal: null };
    },
    freeze: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
    ready: async () => {
      try {
        return (await fetched('/readyz')).status === 200;
      } catch {
        return false;
      }
    },
    metricsText,
    metric: async (metric, label = '') => {
      const text = await metricsText();
      const own = new RegExp(`^${metric}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm');
      const series = [...text.matchAll(own)].filter(([, labels = '']) => labels.includes(label));
      return series.reduce((sum, [, , value]) => sum + Number(value), 0);
    },
    logTail: () => running?.output().slice(-LOG_CHARS) ?? '',
  };
}
