import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { statusOf } from '../../src/local/balancer.ts';
import { haproxyConfig } from '../../src/local/haproxy-config.ts';
import { natsConfig, syncsAlways } from '../../src/local/nats-config.ts';
import { planPorts, portsOf, takenPorts } from '../../src/local/port-plan.ts';
import { prometheusConfig } from '../../src/local/prometheus-config.ts';
import { statusTable } from '../../src/local/status-table.ts';

const DEPLOY = join(import.meta.dirname, '../..');

describe('the ports of a set', () => {
  it('are all different and within the 50 that are promised, also in the largest set', () => {
    const ports = portsOf(planPorts({ edges: 10, workers: 10 }, 9_000));
    expect(ports).toHaveLength(4 + 9 + 20 + 10);
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.min(...ports)).toBe(9_000);
    expect(Math.max(...ports)).toBeLessThan(9_050);
  });

  it('do not go beyond the last port there is', () => {
    expect(() => planPorts({ edges: 1, workers: 1 }, 65_500)).toThrow('--ports-from 65500 leaves no room');
  });

  it('that somebody listens on are found', async () => {
    const { createServer } = await import('node:net');
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    expect(await takenPorts([port])).toEqual([port]);
    await new Promise((resolve) => server.close(resolve));
    expect(await takenPorts([port])).toEqual([]);
  });
});

describe('the configuration of a NATS server', () => {
  const node = { name: 'nats-2', ports: { client: 1, route: 2, monitor: 3 }, routes: [2, 5], storeDir: '/data/nats-2' };

  it('names its own ports, its store and the routes to all', () => {
    const text = natsConfig({ ...node, version: 'nats-server: v2.9.10' });
    for (const line of [
      'server_name: "nats-2"',
      'listen: "127.0.0.1:1"',
      'http: "127.0.0.1:3"',
      'store_dir: "/data/nats-2"',
    ])
      expect(text).toContain(line);
    expect(text).toContain('routes: ["nats-route://127.0.0.1:2", "nats-route://127.0.0.1:5"]');
  });

  it('syncs each record where the server can', () => {
    expect(natsConfig({ ...node, version: 'nats-server: v2.9.10' })).not.toContain('sync_interval');
    expect(natsConfig({ ...node, version: 'nats-server: v2.10.4' })).toContain('sync_interval: always');
    expect(['v2.9.10', 'v2.10.0', 'v3.0.0', 'unknown'].map(syncsAlways)).toEqual([false, true, true, false]);
  });
});

describe('the configuration of HAProxy', () => {
  const template = readFileSync(join(DEPLOY, 'haproxy/haproxy.cfg'), 'utf8');
  const edges = [
    { name: 'edge-1', ocpp: 9_020, health: 9_030 },
    { name: 'edge-2', ocpp: 9_021, health: 9_031 },
  ];
  const places = { socket: '/run/x.sock', ocpp: 9_000, page: 9_001, edges };

  it('has a server for each edge, checked at its health port', () => {
    const text = haproxyConfig(template, places);
    expect(text).toContain('    server edge-1 127.0.0.1:9020 check port 9030');
    expect(text).toContain('    server edge-2 127.0.0.1:9021 check port 9031');
    expect(text).toContain('bind 127.0.0.1:9000');
    expect(text.split('\n').filter((line) => !line.trim().startsWith('#') && /@[a-z]+@/.test(line))).toEqual([]);
  });

  it('keeps a silent socket for longer than the edge does', () => {
    const minutes = Number(/timeout tunnel (\d+)m/.exec(template)?.[1]);
    expect(minutes * 60_000).toBeGreaterThan(150_000);
  });

  it('is not made from a template with a place nobody knows', () => {
    expect(() => haproxyConfig('bind @nowhere@', places)).toThrow('@nowhere@');
  });
});

describe('the configuration of Prometheus', () => {
  it('is the shipped one with the addresses of this set, without jobs that have none', () => {
    const shipped = readFileSync(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8');
    const targets = { 'voltlane-edge': ['127.0.0.1:1', '127.0.0.1:2'], 'voltlane-api': ['127.0.0.1:3'] };
    const config = parse(prometheusConfig(shipped, { targets, folder: '/rules-are-below', intervalS: 5 }));
    expect(config.scrape_configs).toEqual([
      { job_name: 'voltlane-edge', static_configs: [{ targets: ['127.0.0.1:1', '127.0.0.1:2'] }] },
      { job_name: 'voltlane-api', static_configs: [{ targets: ['127.0.0.1:3'] }] },
    ]);
    expect(config.global).toEqual({ scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '5s' });
    expect(config.rule_files.length).toBeGreaterThan(1);
    for (const file of config.rule_files) expect(file).toMatch(/^\/rules-are-below\/rules\/.*\.yml$/);
  });
});

describe('what HAProxy says of its servers', () => {
  const table =
    '# pxname,svname,scur,status,\nocpp,FRONTEND,3,OPEN,\nedges,edge-1,2,UP 1/2,\nedges,edge-2,1,DRAIN,\n\n';

  it('is found by backend and server', () => {
    expect(statusOf(table, 'edges', 'edge-1')).toBe('UP 1/2');
    expect(statusOf(table, 'edges', 'edge-2')).toBe('DRAIN');
  });

  it('is nothing for a server it has not, and without a table', () => {
    expect(statusOf(table, 'edges', 'edge-3')).toBeUndefined();
    expect(statusOf('', 'edges', 'edge-1')).toBeUndefined();
  });
});

describe('the table of processes', () => {
  it('is aligned, and says who does not run', () => {
    const rows = [
      { name: 'edge-1', pid: 12, url: 'ws://a', metrics: 'http://a' },
      { name: 'worker-1', pid: undefined, url: '', metrics: 'http://b' },
    ];
    expect(statusTable(rows)).toEqual([
      'process   pid    address  figures',
      'edge-1    12     ws://a   http://a',
      'worker-1  ended           http://b',
    ]);
  });
});
