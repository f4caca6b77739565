/**
 * Metrics, rules, dashboards and runbooks say the same: what is asked for exists, by name, label and value; what exists is asked for; what
 * is generated is what the code makes. The metrics are those a real broker shows.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { dashboardFiles } from '../src/grafana/dashboards.ts';
import { readLiveMetrics } from '../src/live-metrics.ts';
import { type Catalogue, metricOf, readCatalogue } from '../src/metric-catalogue.ts';
import { monitoringFiles } from '../src/monitoring-files.ts';
import { type Matcher, readExpression, type Selector } from '../src/promql.ts';
import { ALERTING, type Expression, RECORDED, SHOWN } from './expressions.ts';
import { FOREIGN_METRICS } from './foreign-metrics.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Labels a scrape adds, and those every process of ours has. */
const SCRAPE_LABELS = ['job', 'instance', 'namespace', 'pod', 'service', 'le'];
/** Metrics no rule and no dashboard asks for, and why that is right. */
const UNASKED: ReadonlyMap<string, string> = new Map();

type Values = ReadonlyMap<string, ReadonlySet<string> | undefined>;

let catalogue: Catalogue;
const recorded = new Map(RECORDED.map(({ place, expr }) => [place, expr]));

beforeAll(async () => {
  catalogue = readCatalogue(await readLiveMetrics());
});

/** Labels of a series with their values, where those are known; undefined when there is no such series. */
function labelsOf(metric: string): Values | undefined {
  const labels = new Map<string, ReadonlySet<string> | undefined>(SCRAPE_LABELS.map((label) => [label, undefined]));
  const foreign = FOREIGN_METRICS.get(metric);
  const own = metricOf(catalogue, metric);
  const rule = recorded.get(metric);
  if (foreign !== undefined) for (const label of foreign.labels) labels.set(label, undefined);
  else if (own !== undefined) for (const [label, values] of own.labels) labels.set(label, values);
  else if (rule === undefined) return undefined;
  else {
    for (const { metric: read } of readExpression(rule).selectors)
      for (const [label, values] of labelsOf(read) ?? []) labels.set(label, values);
  }
  return labels;
}

function valueProblems({ label, operator, value }: Matcher, known: Values): string[] {
  if (!known.has(label)) return [`label ${label} does not exist`];
  const values = known.get(label);
  if (values === undefined) return [];
  const asked = operator === '=' || operator === '!=' ? [value] : value.split('|');
  return asked.filter((one) => !values.has(one)).map((one) => `${label} is never ${one}`);
}

function selectorProblems({ metric, matchers }: Selector): string[] {
  const known = labelsOf(metric);
  if (known === undefined) return [`${metric} does not exist`];
  return matchers.flatMap((matcher) => valueProblems(matcher, known).map((problem) => `${metric}: ${problem}`));
}

function problems({ place, expr }: Expression): string[] {
  const { selectors, grouping } = readExpression(expr);
  const labels = new Set(selectors.flatMap(({ metric }) => [...(labelsOf(metric)?.keys() ?? [])]));
  const strange = [...grouping]
    .filter((label) => !labels.has(label))
    .map((label) => `groups by ${label}, which does not exist`);
  return [...selectors.flatMap(selectorProblems), ...strange].map((problem) => `${place}: ${problem}`);
}

describe('what rules and dashboards ask for', () => {
  it.each([
    ['recording rules', RECORDED, 30],
    ['alerts', ALERTING, 40],
    ['dashboards', SHOWN, 120],
  ] as const)('exists: %s', (_, expressions, least) => {
    expect(expressions.length).toBeGreaterThan(least);
    expect(expressions.flatMap(problems)).toEqual([]);
  });

  it('that does not exist is found: metric, label, value, grouping', () => {
    const found = (expr: string): string[] => problems({ place: 'x', expr });
    expect(found('rate(voltlane_edge_ghosts_total[5m])')).toEqual(['x: voltlane_edge_ghosts_total does not exist']);
    expect(found('voltlane_edge_handshakes_total{cause="rate"}')).toHaveLength(1);
    expect(found('voltlane_edge_handshakes_total{result=~"rate|luck"}')).toEqual([
      'x: voltlane_edge_handshakes_total: result is never luck',
    ]);
    expect(found('voltlane:edge_calls:rate5m{outcome="luck"}')).toHaveLength(1);
    expect(found('sum by (charger) (voltlane_edge_connections)')).toEqual([
      'x: groups by charger, which does not exist',
    ]);
    expect(() => found('sum(')).toThrow(/not PromQL/);
  });
});

describe('what the operations guide names', () => {
  it('exists: metrics and recorded series', () => {
    const guide = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
    const named = [...guide.matchAll(/`((?:voltlane[_:]|process_|nodejs_)[a-z0-9_:]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    // The bucket of claims is named like a metric.
    expect(named.filter((name) => name !== 'voltlane_claims' && labelsOf(name) === undefined)).toEqual([]);
  });
});

describe('every metric of ours', () => {
  it('is asked for by a rule or a dashboard, or is in the list of those that need not be', () => {
    const asked = new Set(
      [...RECORDED, ...ALERTING, ...SHOWN]
        .flatMap(({ expr }) => readExpression(expr).selectors)
        .map(({ metric }) => metricOf(catalogue, metric)?.name),
    );
    const own = [...catalogue.keys()].filter((name) => name.startsWith('voltlane_'));
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((name) => !asked.has(name)).toSorted()).toEqual([...UNASKED.keys()].toSorted());
  });

  it('has a sentence that says what it counts', () => {
    const own = [...catalogue.values()].filter(({ name }) => name.startsWith('voltlane_'));
    expect(own.filter(({ help }) => !/^\S.{5,}\.$/.test(help)).map(({ name }) => name)).toEqual([]);
  });
});

describe('what is written by npm run docs', () => {
  it('is what the code makes', () => {
    const files = monitoringFiles(catalogue);
    const differing = [...files].filter(
      ([path, text]) => !existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text,
    );
    expect(
      differing.map(([path]) => path),
      'run `npm run docs`',
    ).toEqual([]);
    expect(readdirSync(join(ROOT, 'deploy/grafana')).toSorted()).toEqual([...dashboardFiles().keys()].toSorted());
  });
});

describe('the monitors for the operator of Prometheus', () => {
  it('scrape every kind of process under the job its rules expect', () => {
    const text = readFileSync(join(ROOT, 'deploy/prometheus/kubernetes/pod-monitors.yml'), 'utf8');
    const jobs = parseAllDocuments(text).map((document) => {
      expect(document.errors).toEqual([]);
      const { apiVersion, kind, metadata, spec } = document.toJS();
      expect([apiVersion, kind]).toEqual(['monitoring.coreos.com/v1', 'PodMonitor']);
      expect(spec.podMetricsEndpoints).toHaveLength(1);
      const [{ relabelings, path }] = spec.podMetricsEndpoints;
      expect(path).toBe('/metrics');
      expect(relabelings).toContainEqual({ targetLabel: 'job', replacement: metadata.name });
      return metadata.name;
    });
    expect(jobs).toEqual(['voltlane-edge', 'voltlane-worker', 'voltlane-api', 'voltlane-nats']);
  });
});
