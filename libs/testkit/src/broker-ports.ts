/** Free ports for a broker in one process. */
import { freePort } from './free-port.ts';

/** The ports, and the settings that give them to the broker. */
export interface BrokerPorts {
  readonly ocpp: number;
  readonly edge: number;
  readonly worker: number;
  readonly api: number;
  readonly env: Readonly<Record<string, string>>;
  /** Ready when its edge is. */
  readonly readyUrl: string;
}

/** Takes four. */
export async function freeBrokerPorts(): Promise<BrokerPorts> {
  const [ocpp, edge, worker, api] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const env = {
    VOLTLANE_OCPP_PORT: String(ocpp),
    VOLTLANE_EDGE_HEALTH_PORT: String(edge),
    VOLTLANE_WORKER_HEALTH_PORT: String(worker),
    VOLTLANE_API_PORT: String(api),
  };
  return { ocpp, edge, worker, api, env, readyUrl: `http://127.0.0.1:${edge}/readyz` };
}
