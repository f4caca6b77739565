/**
 * Each process stays under its budget of metric series after every message of every version, good and bad, and after requests of all kinds;
 * no label names a charger (docs: at most 1,500 series a process).
 */
import { createCharger } from '@voltlane/charger';
import { actionsOf, OCPP_VERSIONS, type OcppVersion } from '@voltlane/ocpp';
import { loadSamplePayloads, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerSet } from './broker-set.ts';
import { startBrokerSet } from './broker-set.ts';
import { type CommandCharger, createCommandCharger, resultOf } from './command-charger.ts';

const SERIES_MAX = 1_500;

let broker: BrokerSet;

beforeAll(async () => {
  broker = await startBrokerSet({}, { api: 1 });
  await knock();
  for (const [number, version] of OCPP_VERSIONS.entries()) {
    await sendEverything(version, `BUDGET-ALL-${number}`);
    await holdSession(version, `BUDGET-SESSION-${number}`);
  }
  await askApi();
});

afterAll(async () => {
  await broker.stop();
});

/** Handshakes that are refused for what they present. */
async function knock(): Promise<void> {
  const url = broker.ocppUrl.replace('ws:', 'http:');
  for (const path of ['', '/BUDGET-KNOCK', '/a/b/c/BUDGET-KNOCK', `/${'BUDGET-KNOCK'.repeat(30)}`]) {
    await fetch(`${url}${path}`).then((response) => response.text(), String);
  }
}

async function holdSession(version: OcppVersion, id: string): Promise<void> {
  const random = createSeededRandom(1);
  const charger = createCharger({ id, version, url: broker.ocppUrl, clock: systemClock, random });
  await withTimeout(systemClock, charger.start(), 10_000, 'boot');
  await charger.session({ idToken: 'BUDGET-TAG', durationMs: 1000, sampleIntervalMs: 400 });
  charger.stop();
}

/** Every action of the charger, well made and not; an unknown one; and every command, which it answers. */
async function sendEverything(version: OcppVersion, id: string): Promise<void> {
  const samples = await loadSamplePayloads();
  const charger: CommandCharger = createCommandCharger({
    urls: [broker.ocppUrl],
    id,
    version,
    answer: (call) => resultOf(call, samples.minimal(version, call.action, 'response')),
  });
  await charger.start();
  const infos = actionsOf(version);
  let sent = 0;
  for (const { action, sender } of infos) {
    if (sender === 'csms') continue;
    for (const payload of [samples.minimal(version, action, 'request'), samples.bad(version, action).payload]) {
      charger.send(`[2,"BUDGET-${(sent += 1)}","${action}",${JSON.stringify(payload)}]`);
    }
  }
  charger.send(`[2,"BUDGET-${(sent += 1)}","Budget",{}]`);
  await waitUntil(`${sent} answers for ${version}`, () => charger.frames.length >= sent);
  for (const { action, sender } of infos) {
    if (sender === 'charger') continue;
    await ask('POST', `/v1/chargers/${id}/commands`, { action, payload: samples.minimal(version, action, 'request') });
  }
  charger.leave();
}

/** Requests that are answered with each class of status, and to what is no path. */
async function askApi(): Promise<void> {
  const { paths } = (await (await fetch(`${broker.apiUrls[0]}/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(paths).length).toBeGreaterThan(10);
  for (const [path, methods] of Object.entries(paths)) {
    if (path === '/v1/events') continue;
    for (const method of Object.keys(methods)) {
      await ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'BUDGET'), undefined);
      await ask(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'BUDGET'), undefined, 'a-wrong-key');
    }
  }
  await ask('GET', '/v1/BUDGET', undefined);
}

async function ask(method: string, path: string, body: object | undefined, key = broker.apiToken): Promise<void> {
  const response = await fetch(`${broker.apiUrls[0]}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.text();
}

describe.each(['edge', 'worker', 'api'] as const)('the metrics of a busy %s', (service) => {
  it('stay within the budget of series and name no charger', async () => {
    const lines = (await broker.metrics(service)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    console.log(`${service}: ${lines.length} series`);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThanOrEqual(SERIES_MAX);
    expect(lines.filter((line) => line.includes('BUDGET'))).toEqual([]);
  });
});
