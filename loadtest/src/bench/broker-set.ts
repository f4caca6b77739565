/** A broker of real processes on this machine: nats-server, one worker, one edge, and an api where one is wanted. */

import type { NatsServer, ServiceProcess } from '@voltlane/testkit';
import { freePort, startNatsServer, startService } from '@voltlane/testkit';

/** The processes and where chargers connect. */
export interface BrokerSet {
  readonly nats: NatsServer;
  readonly worker: ServiceProcess;
  readonly edge: ServiceProcess;
  /** Undefined where none was wanted. */
  readonly api: ServiceProcess | undefined;
  /** `ws://…/ocpp` */
  readonly ocppUrl: string;
  readonly apiUrl: string;
  /** Where the edge and the worker tell their metrics. */
  readonly metricsUrls: readonly string[];
  stop(): Promise<void>;
}

/** How to start them. */
export interface BrokerSetOptions {
  /** Each process writes a CPU profile there when it stops. */
  readonly profileDir: string | undefined;
  /** How late nats-server's threads may wake, µs; default 0: as the kernel does. */
  readonly natsTimerSlackUs?: number;
  /** Administrator's key of an api; undefined starts none. */
  readonly apiToken?: string;
}

/** Starts them. */
export async function startBrokerSet({ profileDir, natsTimerSlackUs, apiToken }: BrokerSetOptions): Promise<BrokerSet> {
  const nats = await startNatsServer({ timerSlackUs: natsTimerSlackUs ?? 0 });
  const [ocppPort, edgeHealthPort, workerHealthPort] = [await freePort(), await freePort(), await freePort()];
  const apiPort = await freePort();
  const env = {
    VOLTLANE_NATS_URL: nats.url,
    VOLTLANE_CHARGERS: 'open',
    VOLTLANE_LOG_LEVEL: 'warn',
    VOLTLANE_OCPP_PORT: String(ocppPort),
    VOLTLANE_EDGE_HEALTH_PORT: String(edgeHealthPort),
    VOLTLANE_WORKER_HEALTH_PORT: String(workerHealthPort),
  };
  const nodeArgs = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const named = (name: string): readonly string[] =>
    profileDir === undefined ? [] : [...nodeArgs, `--cpu-prof-name=${name}.cpuprofile`];
  const worker = await startService({
    service: 'worker',
    env,
    nodeArgs: named('worker'),
    readyUrl: `http://127.0.0.1:${workerHealthPort}/readyz`,
  });
  const edge = await startService({
    service: 'edge',
    env,
    nodeArgs: named('edge'),
    readyUrl: `http://127.0.0.1:${edgeHealthPort}/readyz`,
  });
  const api =
    apiToken === undefined
      ? undefined
      : await startService({
          service: 'api',
          env: {
            ...env,
            VOLTLANE_API_PORT: String(apiPort),
            VOLTLANE_API_TOKEN: apiToken,
            // The bench is one caller that asks for what many would.
            VOLTLANE_API_REQUESTS_PER_SECOND: '100000',
            VOLTLANE_API_REQUESTS_BURST_MAX: '100000',
          },
          nodeArgs: named('api'),
          readyUrl: `http://127.0.0.1:${apiPort}/readyz`,
        });
  return {
    nats,
    worker,
    edge,
    api,
    ocppUrl: `ws://127.0.0.1:${ocppPort}/ocpp`,
    apiUrl: `http://127.0.0.1:${apiPort}`,
    metricsUrls: [edgeHealthPort, workerHealthPort].map((port) => `http://127.0.0.1:${port}/metrics`),
    stop: async () => {
      await api?.stop();
      await edge.stop();
      await worker.stop();
      await nats.stop();
    },
  };
}
