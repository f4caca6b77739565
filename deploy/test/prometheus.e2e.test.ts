/** A real Prometheus beside a running broker: every rule evaluates, every recorded series and every series an alert asks for is there. */
import { createCharger } from '@voltlane/charger';
import {
  freePort,
  type NatsServer,
  type ServiceProcess,
  startNatsServer,
  startService,
  waitUntil,
} from '@voltlane/testkit';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExpression } from '../src/promql.ts';
import { ALERTING, RECORDED, SHOWN } from './expressions.ts';
import { FOREIGN_METRICS } from './foreign-metrics.ts';
import { type PrometheusServer, startPrometheus } from './prometheus-server.ts';

let nats: NatsServer;
let broker: ServiceProcess;
let prometheus: PrometheusServer;

beforeAll(async () => {
  nats = await startNatsServer();
  const [ocpp, edge, worker, api] = [await freePort(), await freePort(), await freePort(), await freePort()];
  broker = await startService({
    service: 'broker',
    env: {
      VOLTLANE_NATS_URL: nats.url,
      VOLTLANE_CHARGERS: 'open',
      VOLTLANE_LOG_LEVEL: 'warn',
      VOLTLANE_OCPP_PORT: String(ocpp),
      VOLTLANE_EDGE_HEALTH_PORT: String(edge),
      VOLTLANE_WORKER_HEALTH_PORT: String(worker),
      VOLTLANE_API_PORT: String(api),
    },
    readyUrl: `http://127.0.0.1:${edge}/readyz`,
  });
  prometheus = await startPrometheus({
    'voltlane-edge': `127.0.0.1:${edge}`,
    'voltlane-worker': `127.0.0.1:${worker}`,
    'voltlane-api': `127.0.0.1:${api}`,
  });
  const url = `ws://127.0.0.1:${ocpp}/ocpp`;
  const charger = createCharger({
    id: 'CP1',
    version: '2.0.1',
    url,
    clock: systemClock,
    random: createSeededRandom(1),
  });
  await withTimeout(systemClock, charger.start(), 10_000, 'boot');
  await charger.session({ idToken: 'TAG', durationMs: 2000, sampleIntervalMs: 500 });
  charger.stop();
  await waitUntil('every rule was evaluated twice', async () => {
    const seen = await prometheus.count('count_over_time(voltlane:call_errors:ratio_3d[1m]) > 1');
    return seen > 0 && (await rules()).every(({ health }) => health !== 'unknown');
  });
});

afterAll(async () => {
  await prometheus?.stop();
  await broker?.stop();
  await nats?.stop();
});

interface SeenRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

async function rules(): Promise<readonly SeenRule[]> {
  const { groups } = (await prometheus.get('rules')) as { groups: readonly { rules: readonly SeenRule[] }[] };
  return groups.flatMap(({ rules: inGroup }) => inGroup);
}

/** Selectors of alerts that find nothing here, by metric. */
function isElsewhere(metric: string, text: string): boolean {
  return (FOREIGN_METRICS.has(metric) && metric !== 'up') || text.includes('voltlane-nats');
}

describe('a Prometheus with the rules that are shipped', () => {
  it('evaluates every rule without an error', async () => {
    const seen = await rules();
    expect(seen.length).toBe(RECORDED.length + ALERTING.length);
    expect(seen.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => [name, lastError])).toEqual([]);
  });

  it('gets a series from every recording rule', async () => {
    const empty: string[] = [];
    for (const { place } of RECORDED) if ((await prometheus.count(place)) === 0) empty.push(place);
    expect(empty).toEqual([]);
  });

  it('finds every series an alert asks for, those of NATS and of certificates excepted', async () => {
    const empty: string[] = [];
    for (const { place, expr } of ALERTING) {
      for (const { metric, text } of readExpression(expr).selectors) {
        if (isElsewhere(metric, text)) continue;
        if ((await prometheus.count(text)) === 0) empty.push(`${place}: ${text}`);
      }
    }
    expect(empty).toEqual([]);
  });

  it('takes every query of the dashboards', async () => {
    for (const { place, expr } of SHOWN) expect(await prometheus.count(expr), place).toBeGreaterThanOrEqual(0);
  });

  it('finds nothing to alert about in a broker that is well', async () => {
    interface SeenAlert {
      readonly state: string;
      readonly labels: { readonly alertname: string };
    }
    const { alerts } = (await prometheus.get('alerts')) as { alerts: readonly SeenAlert[] };
    expect(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)).toEqual([]);
  });
});
