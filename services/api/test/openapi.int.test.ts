/** The document says what the server does: it is valid and complete, and the page that shows it needs nothing from elsewhere. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TAGS } from '../src/openapi.ts';
import { PROBLEM_TYPE } from '../src/problem.ts';
import { type ApiRig, startRig } from './rig.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let rig: ApiRig;
let document: Document;
let operations: readonly (readonly [place: string, operation: Operation])[];

beforeAll(async () => {
  rig = await startRig();
  document = JSON.parse(JSON.stringify((await rig.ask('/openapi.json', { token: null })).body));
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
});

afterAll(() => rig.stop());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect(result).toEqual({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('would not be valid with a mistake', async () => {
    const broken = { ...JSON.parse(JSON.stringify(document)), paths: { nope: {} } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('names every operation once and tags it with a known tag', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.length).toBeGreaterThan(10);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(TAGS.map(({ name }) => name));
    expect(operations.flatMap(([place, { tags }]) => tags.filter((tag) => !known.has(tag)).map(() => place))).toEqual(
      [],
    );
  });

  it('asks for a key everywhere under /v1 and says what is refused', () => {
    for (const [place, { security, responses, parameters }] of operations) {
      if (!place.includes('/v1/')) continue;
      expect([place, security]).toEqual([place, [{ apiKey: [] }]]);
      for (const status of ['400', '401', '403', '429', '500', '503']) {
        expect([place, Object.keys(responses[status]?.content ?? {})]).toEqual([place, [PROBLEM_TYPE]]);
      }
      expect([place, parameters?.some(({ name }) => name === 'tenant')]).toEqual([place, true]);
    }
  });

  it('has examples of what is sent and what comes back', () => {
    const text = JSON.stringify(document);
    for (const sample of ['correct-horse-battery', '04A1B2C3D4', 'urn:voltlane:problem:invalid-request']) {
      expect(text).toContain(sample);
    }
  });
});

describe('the page for people', () => {
  it('is served with its assets, and asks no other host', async () => {
    const page = await rig.ask('/docs/', { token: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const assets = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      const { pathname, host } = new URL(asset, `${rig.url}/docs/`);
      expect(host).toBe(new URL(rig.url).host);
      expect([asset, (await rig.ask(pathname, { token: null })).status]).toEqual([asset, 200]);
    }
    expect((await rig.ask('/docs/json', { token: null })).body).toEqual(document);
  });
});

describe('the metrics', () => {
  it('stay within the budget of series and name no charger', async () => {
    await rig.ask('/v1/chargers/BUDGET-1', { method: 'PUT', body: {} });
    const text = await rig.metrics.expose();
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series.length).toBeLessThanOrEqual(1_500);
    expect(text).toContain('voltlane_api_requests_total{operation="putCharger",status="2xx",service="api"} 1');
    expect(text).not.toContain('BUDGET-1');
  });
});
