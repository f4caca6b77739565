/** nats-server, one worker and one edge as real processes, each of which can be killed and started again on its ports. */
import { connectNats, eventJournalOptions } from '@voltlane/bus';
import type { HistoryRecord, NatsServer, ServiceName, ServiceProcess } from '@voltlane/testkit';
import { freePort, readHistory, startNatsServer, startService } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';

/** The set. */
export interface BrokerSet {
  readonly nats: NatsServer;
  readonly ocppUrl: string;
  /** Kills with SIGKILL and starts again at once; resolves when it is ready. */
  replace(service: 'edge' | 'worker'): Promise<void>;
  history(): Promise<readonly HistoryRecord[]>;
  metrics(service: 'edge' | 'worker'): Promise<string>;
  stop(): Promise<void>;
}

/** Starts everything on free ports with an empty store on disk. */
export async function startBrokerSet(env: Readonly<Record<string, string>> = {}): Promise<BrokerSet> {
  const nats = await startNatsServer();
  const ports = { ocpp: await freePort(), edge: await freePort(), worker: await freePort() };
  const start = (service: ServiceName, healthPort: number): Promise<ServiceProcess> =>
    startService({
      service,
      env: {
        VOLTLANE_NATS_URL: nats.url,
        VOLTLANE_CHARGERS: 'open',
        VOLTLANE_LOG_LEVEL: 'warn',
        VOLTLANE_OCPP_PORT: String(ports.ocpp),
        VOLTLANE_EDGE_HEALTH_PORT: String(ports.edge),
        VOLTLANE_WORKER_HEALTH_PORT: String(ports.worker),
        ...env,
      },
      readyUrl: `http://127.0.0.1:${healthPort}/readyz`,
    });
  const running = { worker: await start('worker', ports.worker), edge: await start('edge', ports.edge) };
  return {
    nats,
    ocppUrl: `ws://127.0.0.1:${ports.ocpp}/ocpp`,
    replace: async (service) => {
      await running[service].kill();
      running[service] = await start(service, ports[service]);
    },
    history: () => historyOf(nats),
    metrics: async (service) => (await fetch(`http://127.0.0.1:${ports[service]}/metrics`)).text(),
    stop: async () => {
      await running.edge.stop();
      await running.worker.stop();
      await nats.stop();
    },
  };
}

async function historyOf(nats: NatsServer): Promise<readonly HistoryRecord[]> {
  const subjects = createSubjects('');
  const bus = await connectNats({ urls: [nats.url], name: 'history', clock: systemClock });
  try {
    const journal = await bus.journal(
      eventJournalOptions(subjects, {
        maxAgeMs: 168 * 3_600_000,
        replicas: 1,
        storage: 'file',
        duplicateWindowMs: 600_000,
      }),
    );
    return await readHistory(journal, subjects.eventFilter({}));
  } finally {
    await bus.close();
  }
}
