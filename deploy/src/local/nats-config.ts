/** Configuration of one NATS server of a set on one machine: what kubernetes/base/nats has, on loopback. Pure. */
import type { NatsPorts } from './port-plan.ts';

/** One server among its peers. */
export interface NatsNode {
  readonly name: string;
  readonly ports: NatsPorts;
  /** Route ports of all servers, its own included. */
  readonly routes: readonly number[];
  readonly storeDir: string;
  /** As `nats-server --version` says it. */
  readonly version: string;
}

/** Text of its configuration file. */
export function natsConfig({ name, ports, routes, storeDir, version }: NatsNode): string {
  const addresses = routes.map((port) => `"nats-route://127.0.0.1:${port}"`);
  return `# Written at each start; store and name stay.
server_name: "${name}"
listen: "127.0.0.1:${ports.client}"
http: "127.0.0.1:${ports.monitor}"
max_payload: 1MB
jetstream {
  store_dir: ${JSON.stringify(storeDir)}
${syncsAlways(version) ? '  sync_interval: always\n' : ''}}
cluster {
  name: voltlane
  listen: "127.0.0.1:${ports.route}"
  routes: [${addresses.join(', ')}]
}
`;
}

/** 2.10 brought the setting; before, records reach the disk within two minutes. */
export function syncsAlways(version: string): boolean {
  const [, major = '0', minor = '0'] = /v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 10);
}
