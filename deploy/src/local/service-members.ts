/** Edges, workers and api of a set: from sources, with the settings of production where they make sense on one machine. */
import { join } from 'node:path';
import { nodeFlags } from '@voltlane/testkit';
import { answersOk, LocalProcess } from './local-process.ts';
import type { LocalSetOptions, SetMember } from './member.ts';
import { HOST, processSpec, ROOT } from './member.ts';

/** The services of a set. */
export interface ServiceMembers {
  readonly edges: readonly SetMember[];
  readonly workers: readonly SetMember[];
  readonly api: SetMember;
}

/** Above VOLTLANE_STOP_DEADLINE_MS, 25 s. */
const STOP_MS_MAX = 30_000;
const REPLICAS_MAX = 3;

/** One service before it is laid out. */
interface Place {
  readonly name: string;
  readonly service: 'edge' | 'worker' | 'api';
  /** Port of health, readiness and metrics. */
  readonly health: number;
  readonly url: string;
  readonly listen: Readonly<Record<string, string>>;
}

/** Lays them out. The first worker makes streams and buckets, so it must be ready before the others start. */
export function serviceMembers(options: LocalSetOptions, natsUrls: readonly string[]): ServiceMembers {
  const { ports, tokenFile } = options;
  const member = (place: Place): SetMember => laidOut(options, natsUrls, place);
  return {
    edges: ports.edges.map(({ ocpp, health }, index) =>
      member({
        name: `edge-${index + 1}`,
        service: 'edge',
        health,
        url: `ws://${HOST}:${ocpp}/ocpp`,
        listen: {
          VOLTLANE_OCPP_HOST: HOST,
          VOLTLANE_OCPP_PORT: String(ocpp),
          VOLTLANE_EDGE_HEALTH_PORT: String(health),
        },
      }),
    ),
    workers: ports.workers.map(({ health }, index) => {
      const listen = { VOLTLANE_WORKER_HEALTH_PORT: String(health) };
      return member({ name: `worker-${index + 1}`, service: 'worker', health, url: '', listen });
    }),
    api: member({
      name: 'api',
      service: 'api',
      health: ports.api,
      url: `http://${HOST}:${ports.api}/docs`,
      listen: {
        VOLTLANE_API_HOST: HOST,
        VOLTLANE_API_PORT: String(ports.api),
        VOLTLANE_API_TOKEN_FILE: tokenFile,
      },
    }),
  };
}

function laidOut({ folder, env }: LocalSetOptions, natsUrls: readonly string[], place: Place): SetMember {
  const { name, service, health, url, listen } = place;
  const settings = {
    VOLTLANE_NATS_URL: natsUrls.join(','),
    VOLTLANE_NATS_REPLICAS: String(Math.min(REPLICAS_MAX, natsUrls.length)),
    VOLTLANE_CHARGERS: 'open',
    // HAProxy is in front and sets the header itself.
    VOLTLANE_TRUST_PROXY: 'true',
    VOLTLANE_DRAIN_CLOSE_CODE: '1012',
    VOLTLANE_HEALTH_HOST: HOST,
    VOLTLANE_LOG_FORMAT: 'json',
    ...env,
    ...listen,
  };
  const main = join(ROOT, 'services', service, 'src/main.ts');
  const spec = processSpec(folder, {
    name,
    command: process.execPath,
    args: [...nodeFlags(service), '--conditions=source', main],
    env: settings,
    ready: answersOk(`http://${HOST}:${health}/readyz`),
    stopMsMax: STOP_MS_MAX,
  });
  return { process: new LocalProcess(spec), url, metrics: `http://${HOST}:${health}/metrics` };
}
