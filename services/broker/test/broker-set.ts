/** nats-server, workers, edges and apis as real processes, each of which can be ended and started again on its ports. */
import { connectNats, eventJournalOptions } from '@voltlane/bus';
import type { HistoryRecord, NatsServer, ProcessExit, ServiceProcess } from '@voltlane/testkit';
import { freePort, readHistory, startNatsServer, startService } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';

/** Services of the set. */
export type SetService = 'edge' | 'worker' | 'api';

/** The set. `index` says which of several; default the first. */
export interface BrokerSet {
  readonly nats: NatsServer;
  /** Of the first edge. */
  readonly ocppUrl: string;
  /** One per edge. */
  readonly ocppUrls: readonly string[];
  /** One per api. */
  readonly apiUrls: readonly string[];
  /** The administrator's key of the apis. */
  readonly apiToken: string;
  /** Kills with SIGKILL and starts again at once; resolves when it is ready. */
  replace(service: SetService, index?: number): Promise<void>;
  /** Ends with a signal and waits for the exit. */
  end(service: SetService, signal: 'SIGTERM' | 'SIGKILL', index?: number): Promise<ProcessExit>;
  /** Status of its readiness, undefined when it does not answer. */
  readonly readiness: (service: SetService, index?: number) => Promise<number | undefined>;
  history(): Promise<readonly HistoryRecord[]>;
  metrics(service: SetService, index?: number): Promise<string>;
  /** What the process of now has written. */
  output(service: SetService, index?: number): string;
  stop(): Promise<void>;
}

interface Member {
  readonly env: Readonly<Record<string, string>>;
  readonly service: SetService;
  readonly healthPort: number;
  process: ServiceProcess | undefined;
}

/** Generous: six processes starting at once on a busy machine. */
const READY_MS_MAX = 60_000;
const API_TOKEN = 'a-key-for-tests-only';
/** Name of the option that holds the port of health and readiness. */
const PORT_OPTIONS: Readonly<Record<SetService, string>> = {
  edge: 'VOLTLANE_EDGE_HEALTH_PORT',
  worker: 'VOLTLANE_WORKER_HEALTH_PORT',
  api: 'VOLTLANE_API_PORT',
};

/** Starts everything on free ports with an empty store on disk. */
export async function startBrokerSet(
  env: Readonly<Record<string, string>> = {},
  counts: Readonly<Partial<Record<SetService, number>>> = {},
): Promise<BrokerSet> {
  const nats = await startNatsServer();
  const ocppPorts: number[] = [];
  const members: Record<SetService, Member[]> = { edge: [], worker: [], api: [] };
  const wanted = { worker: 1, edge: 1, api: 0, ...counts };
  for (const service of ['worker', 'edge', 'api'] as const) {
    for (let index = 0; index < wanted[service]; index += 1) {
      const healthPort = await freePort();
      const own: Record<string, string> = { [PORT_OPTIONS[service]]: String(healthPort) };
      if (service === 'api') own['VOLTLANE_API_TOKEN'] = API_TOKEN;
      if (service === 'edge') {
        const ocppPort = await freePort();
        ocppPorts.push(ocppPort);
        own['VOLTLANE_OCPP_PORT'] = String(ocppPort);
      }
      const common = { VOLTLANE_NATS_URL: nats.url, VOLTLANE_CHARGERS: 'open', VOLTLANE_LOG_LEVEL: 'warn' };
      members[service].push({ service, healthPort, env: { ...common, ...own, ...env }, process: undefined });
    }
  }
  const member = (service: SetService, index: number): Member => {
    const found = members[service][index];
    if (found === undefined) throw new Error(`there is no ${service} ${index}`);
    return found;
  };
  const healthUrl = (service: SetService, index: number): string =>
    `http://127.0.0.1:${member(service, index).healthPort}`;
  const start = async (one: Member): Promise<void> => {
    const readyUrl = `http://127.0.0.1:${one.healthPort}/readyz`;
    one.process = await startService({ service: one.service, env: one.env, readyUrl, readyTimeoutMs: READY_MS_MAX });
  };
  const stop = async (): Promise<void> => {
    nats.resume();
    for (const service of ['api', 'edge', 'worker'] as const) {
      await Promise.all(members[service].map((one) => one.process?.kill()));
    }
    await nats.stop();
  };
  try {
    // The first worker creates the journal; all others start beside each other.
    const [first, ...others] = members.worker;
    if (first !== undefined) await start(first);
    const started = await Promise.allSettled([...others, ...members.edge, ...members.api].map(start));
    for (const one of started) if (one.status === 'rejected') throw one.reason;
  } catch (cause) {
    await stop();
    throw cause;
  }

  const end: BrokerSet['end'] = (service, signal, index = 0) => {
    const running = member(service, index).process;
    if (running === undefined) throw new Error(`${service} ${index} does not run`);
    return signal === 'SIGKILL' ? running.kill() : running.stop();
  };
  const ocppUrls = ocppPorts.map((port) => `ws://127.0.0.1:${port}/ocpp`);
  return {
    nats,
    ocppUrl: ocppUrls[0] ?? '',
    ocppUrls,
    apiUrls: members.api.map(({ healthPort }) => `http://127.0.0.1:${healthPort}`),
    apiToken: API_TOKEN,
    end,
    replace: async (service, index = 0) => {
      await end(service, 'SIGKILL', index);
      await start(member(service, index));
    },
    readiness: async (service, index = 0) => {
      try {
        return (await fetch(`${healthUrl(service, index)}/readyz`)).status;
      } catch {
        return undefined;
      }
    },
    history: () => historyOf(nats),
    metrics: async (service, index = 0) => (await fetch(`${healthUrl(service, index)}/metrics`)).text(),
    output: (service, index = 0) => member(service, index).process?.output() ?? '',
    stop,
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
