/** A broker of real processes on this machine: nats-server, one worker, one edge. */

import type { NatsServer, ServiceProcess } from '@voltlane/testkit';
import { freePort, startNatsServer, startService } from '@voltlane/testkit';

/** The processes and where chargers connect. */
export interface BrokerSet {
  readonly nats: NatsServer;
  readonly worker: ServiceProcess;
  readonly edge: ServiceProcess;
  /** `ws://…/ocpp` */
  readonly ocppUrl: string;
  stop(): Promise<void>;
}

/** Starts them; with `profileDir`, worker and edge write a CPU profile there when they stop. */
export async function startBrokerSet(profileDir: string | undefined): Promise<BrokerSet> {
  const nats = await startNatsServer();
  const [ocppPort, edgeHealthPort, workerHealthPort] = [await freePort(), await freePort(), await freePort()];
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
  return {
    nats,
    worker,
    edge,
    ocppUrl: `ws://127.0.0.1:${ocppPort}/ocpp`,
    stop: async () => {
      await edge.stop();
      await worker.stop();
      await nats.stop();
    },
  };
}
