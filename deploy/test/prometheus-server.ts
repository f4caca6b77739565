/** A real Prometheus with the files that are shipped, on other addresses and at another pace. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianBinary, freePort, waitUntil } from '@voltlane/testkit';
import { parse, stringify } from 'yaml';

/** A running server. */
export interface PrometheusServer {
  /** What an instant query gives: number of series. Rejects when Prometheus refuses it. */
  count(expr: string): Promise<number>;
  /** What the API says below `/api/v1`. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

const FOLDER = join(import.meta.dirname, '../prometheus');
const STOP_MS_MAX = 5_000;

/** Starts it; `targets` by job take the place of those in the file, jobs without any are left out. */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<PrometheusServer> {
  const binary = await debianBinary('prometheus', 'prometheus');
  const work = await mkdtemp(join(tmpdir(), 'voltlane-prometheus-'));
  await mkdir(join(work, 'rules'));
  const config = parse(await readFile(join(FOLDER, 'prometheus.yml'), 'utf8'));
  config.global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  config.scrape_configs = config.scrape_configs
    .filter((job: { job_name: string }) => targets[job.job_name] !== undefined)
    .map((job: { job_name: string }) => ({ ...job, static_configs: [{ targets: [targets[job.job_name]] }] }));
  for (const file of config.rule_files) {
    const rules = parse(await readFile(join(FOLDER, file), 'utf8'));
    // Groups with a pace of their own would be the last ones to wait for.
    for (const group of rules.groups) delete group.interval;
    await writeFile(join(work, file), stringify(rules));
  }
  await writeFile(join(work, 'prometheus.yml'), stringify(config));

  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    binary,
    [
      `--config.file=${join(work, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(work, 'data')}`,
      `--web.listen-address=${url.slice('http://'.length)}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  child.stderr.on('data', (text: Buffer) => {
    log = (log + text.toString()).slice(-4_000);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });

  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const body = await response.json();
    if (!(typeof body === 'object' && body !== null && 'data' in body)) {
      throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    }
    return body.data;
  };
  await waitUntil('prometheus is ready', async () => {
    if (child.exitCode !== null) throw new Error(log);
    return (await fetch(`${url}/-/ready`)).status === 200;
  });
  return {
    get,
    count: async (expr) => {
      const data = await get(`query?query=${encodeURIComponent(expr)}`);
      if (typeof data !== 'object' || data === null || !('result' in data) || !Array.isArray(data.result)) {
        throw new Error(`no result for ${expr}: ${JSON.stringify(data)}`);
      }
      return data.result.length;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(kill, STOP_MS_MAX);
      await exited;
      clearTimeout(force);
      process.off('exit', kill);
      await rm(work, { recursive: true, force: true });
    },
  };
}
