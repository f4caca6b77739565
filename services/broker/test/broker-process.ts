/** `npm start` as a test starts it: one process, free ports, open to every charger. */
import type { ServiceProcess } from '@voltlane/testkit';
import { freeBrokerPorts, startService } from '@voltlane/testkit';

/** A broker in one process. */
export interface BrokerProcess {
  readonly process: ServiceProcess;
  readonly ocppPort: number;
  /** `ws://…/ocpp`, without an identity. */
  readonly ocppUrl: string;
  readonly apiUrl: string;
  /** The administrator's key. */
  readonly apiToken: string;
}

const API_TOKEN = 'a-key-for-tests-only';

/** Starts it on the memory bus, or on NATS where a URL is given, and waits until it is ready. */
export async function startBrokerProcess(
  natsUrl?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<BrokerProcess> {
  const { ocpp, api, env, readyUrl } = await freeBrokerPorts();
  const process = await startService({
    service: 'broker',
    env: {
      ...env,
      VOLTLANE_CHARGERS: 'open',
      VOLTLANE_LOG_LEVEL: 'warn',
      VOLTLANE_API_TOKEN: API_TOKEN,
      ...more,
      ...(natsUrl === undefined ? {} : { VOLTLANE_NATS_URL: natsUrl }),
    },
    readyUrl,
  });
  return {
    process,
    ocppPort: ocpp,
    ocppUrl: `ws://127.0.0.1:${ocpp}/ocpp`,
    apiUrl: `http://127.0.0.1:${api}`,
    apiToken: API_TOKEN,
  };
}
