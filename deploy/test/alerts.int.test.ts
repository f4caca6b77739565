/** Each alert fires when it must and keeps quiet just below, as `promtool test rules` sees it, with the very files that are shipped. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianBinary } from '@voltlane/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERTS } from '../src/prometheus/rule-files.ts';
import { type AlertCase, promtoolFile, steady } from './alerts/alert-case.ts';
import { BUDGET_CASES } from './alerts/budget-cases.ts';
import { EDGE_CASES } from './alerts/edge-cases.ts';
import { PROCESS_CASES } from './alerts/process-cases.ts';
import { SURROUNDINGS_CASES } from './alerts/surroundings-cases.ts';
import { WORKER_CASES } from './alerts/worker-cases.ts';

const CASES: readonly AlertCase[] = [
  ...PROCESS_CASES,
  ...EDGE_CASES,
  ...BUDGET_CASES,
  ...WORKER_CASES,
  ...SURROUNDINGS_CASES,
];
const FOLDER = join(import.meta.dirname, '../prometheus');
const RULES = ['voltlane-recordings.yml', 'voltlane-alerts.yml'].map((file) => join(FOLDER, 'rules', file));

let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'voltlane-promtool-'));
});

afterAll(async () => {
  await rm(work, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly output: string;
}

async function promtool(...args: readonly string[]): Promise<Ran> {
  const binary = await debianBinary('prometheus', 'promtool');
  try {
    const { stdout, stderr } = await promisify(execFile)(binary, args);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { code: error.code, output: stdout + stderr };
  }
}

async function tested(one: AlertCase): Promise<Ran> {
  const file = join(work, `${one.alert}.json`);
  await writeFile(file, promtoolFile(RULES, one));
  return promtool('test', 'rules', file);
}

describe('the files of Prometheus', () => {
  it('hold rules promtool accepts', async () => {
    expect(await promtool('check', 'rules', ...RULES)).toMatchObject({ code: 0 });
  });

  it('hold a configuration promtool accepts', async () => {
    expect(await promtool('check', 'config', join(FOLDER, 'prometheus.yml'))).toMatchObject({ code: 0 });
  });
});

describe('each alert', () => {
  it('has a case', () => {
    const names = ALERTS.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(new Set(names).size).toBe(names.length);
    expect(CASES.map(({ alert }) => alert).toSorted()).toEqual(names.toSorted());
  });

  it.each(CASES)('$alert fires, and is quiet just below', async (one) => {
    const { code, output } = await tested(one);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  });

  it('that would never fire, or always, is found by these tests', async () => {
    const series = { 'up{job="voltlane-worker",instance="a"}': steady(1) };
    const never = await tested({ alert: 'VoltlaneProcessDown', fires: series, quiet: series });
    expect(never).toMatchObject({ code: 1, output: expect.stringContaining('FAILED') });
    const down = { 'up{job="voltlane-worker",instance="a"}': steady(0) };
    const always = await tested({ alert: 'VoltlaneProcessDown', fires: down, quiet: down });
    expect(always).toMatchObject({ code: 1, output: expect.stringContaining('FAILED') });
  });
});
