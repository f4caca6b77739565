/** One edge or worker as a real process that keeps its ports over kill, freeze, stop and start. */

import type { ProcessExit, ServiceProcess } from '@voltlane/testkit';
import { freePort, startService } from '@voltlane/testkit';

/** What a node is. */
export interface NodeOptions {
  readonly service: 'edge' | 'worker';
  /** `edge 1`, `worker 3`: how progress lines and the report call it. */
  readonly name: string;
  /** Settings beside its ports. */
  readonly env: Readonly<Record<string, string>>;
}

/** A node under control. */
export interface Node {
  readonly name: string;
  /** Where chargers connect to an edge: `ws://…/ocpp`. */
  readonly ocppUrl: string;
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
  /** End of what it wrote. */
  logTail(): string;
}

const READY_MS_MAX = 60_000;
const ANSWER_MS_MAX = 2_000;
const LOG_CHARS = 2_000;

/** Takes ports for a node; nothing runs yet. */
export async function createNode({ service, name, env }: NodeOptions): Promise<Node> {
  const [ocppPort, healthPort] = [await freePort(), await freePort()];
  const health = `http://127.0.0.1:${healthPort}`;
  const ports = {
    VOLTLANE_OCPP_PORT: String(ocppPort),
    VOLTLANE_EDGE_HEALTH_PORT: String(healthPort),
    VOLTLANE_WORKER_HEALTH_PORT: String(healthPort),
  };
  let running: ServiceProcess | undefined;
  const fetched = async (path: string): Promise<Response> =>
    fetch(`${health}${path}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return {
    name,
    ocppUrl: `ws://127.0.0.1:${ocppPort}/ocpp`,
    start: async () => {
      const readyUrl = `${health}/readyz`;
      running = await startService({ service, env: { ...env, ...ports }, readyUrl, readyTimeoutMs: READY_MS_MAX });
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
    metric: async (metric, label = '') => {
      const text = await (await fetched('/metrics')).text();
      const own = new RegExp(`^${metric}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm');
      const series = [...text.matchAll(own)].filter(([, labels = '']) => labels.includes(label));
      return series.reduce((sum, [, , value]) => sum + Number(value), 0);
    },
    logTail: () => running?.output().slice(-LOG_CHARS) ?? '',
  };
}
