/** What stands around the services of a set: HAProxy before the edges, Prometheus beside all. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Balancer } from './balancer.ts';
import { createBalancer } from './balancer.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { answersOk, LocalProcess } from './local-process.ts';
import type { LocalSetOptions, SetMember } from './member.ts';
import { HOST, processSpec, ROOT, writeInto } from './member.ts';
import { prometheusConfig } from './prometheus-config.ts';

/** Lays HAProxy out; it is ready when it sends sockets to every edge. */
export async function balancerMember(
  options: LocalSetOptions,
): Promise<{ readonly haproxy: SetMember; readonly balancer: Balancer }> {
  const { folder, ports, binaries } = options;
  const edges = ports.edges.map((places, index) => ({ name: `edge-${index + 1}`, ...places }));
  const socket = join(folder, 'haproxy.sock');
  const template = await readFile(join(ROOT, 'deploy/haproxy/haproxy.cfg'), 'utf8');
  const config = haproxyConfig(template, { socket, ocpp: ports.balancer, page: ports.balancerPage, edges });
  const balancer = createBalancer(socket);
  const ready = async (): Promise<void> => {
    for (const { name } of edges) if (!(await balancer.isUp(name))) throw new Error(`it does not see ${name}`);
  };
  // -db: it stays in front, so that its end is seen.
  const args = ['-db', '-f', await writeInto(folder, 'haproxy.cfg', config)];
  const spec = processSpec(folder, { name: 'haproxy', command: binaries.haproxy, args, ready });
  const url = `ws://${HOST}:${ports.balancer}/ocpp`;
  return {
    haproxy: { process: new LocalProcess(spec), url, metrics: `http://${HOST}:${ports.balancerPage}/` },
    balancer,
  };
}

/** Lays Prometheus out, with the shipped jobs and rules. */
export async function prometheusMember({ folder, ports, binaries, scrapeS }: LocalSetOptions): Promise<SetMember> {
  const shipped = await readFile(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8');
  const targets = {
    'voltlane-edge': ports.edges.map(({ health }) => `${HOST}:${health}`),
    'voltlane-worker': ports.workers.map(({ health }) => `${HOST}:${health}`),
    'voltlane-api': [`${HOST}:${ports.api}`],
  };
  const scrape = { targets, folder: join(ROOT, 'deploy/prometheus'), intervalS: scrapeS };
  const file = await writeInto(folder, 'prometheus.yml', prometheusConfig(shipped, scrape));
  const url = `http://${HOST}:${ports.prometheus}`;
  const spec = processSpec(folder, {
    name: 'prometheus',
    command: binaries.prometheus,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${HOST}:${ports.prometheus}`,
    ],
    ready: answersOk(`${url}/-/ready`),
  });
  return { process: new LocalProcess(spec), url, metrics: `${url}/metrics` };
}
