/** Who may do what over HTTP: keys, roles, tenants, rates, and what of it is written down. */
import { afterEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, type Answer, type ApiRig, type Ask, startRig } from './rig.ts';

let rig: ApiRig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<ApiRig> {
  rig = await startRig(env);
  return rig;
}

interface Made {
  readonly token: string;
  readonly key: { readonly id: string };
}

async function makeKey(at: ApiRig, body: object, token: string = ADMIN_TOKEN): Promise<Made> {
  const answer = await at.ask('/v1/api-keys', { method: 'POST', body, token });
  expect(answer.status).toBe(201);
  return made(answer);
}

function made({ body }: Answer): Made {
  if (typeof body !== 'object' || body === null || !('token' in body) || !('key' in body)) throw new Error('no key');
  const { token, key } = body;
  if (typeof token !== 'string' || typeof key !== 'object' || key === null || !('id' in key)) throw new Error('no key');
  return { token, key: { id: String(key.id) } };
}

describe('an api key', () => {
  it('is asked for, and the answer says how', async () => {
    const at = await start();
    const { status, headers, body } = await at.ask('/v1/tokens', { token: null });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="voltlane"']);
    expect(body).toMatchObject({ code: 'unauthenticated' });
  });

  it('is shown once, and its secret never again', async () => {
    const at = await start();
    const { token, key } = await makeKey(at, { name: 'billing', role: 'viewer' });
    const secret = token.slice(`vl_${key.id}_`.length);
    const { body } = await at.ask('/v1/api-keys');
    expect(body).toEqual({
      keys: [{ id: key.id, name: 'billing', role: 'viewer', tenant: 'default', createdAt: expect.any(String) }],
    });
    expect(JSON.stringify(at.lines)).not.toContain(secret);
    expect(JSON.stringify(at.lines)).not.toContain(ADMIN_TOKEN);
  });

  it('counts until it is revoked', async () => {
    const at = await start();
    const { token, key } = await makeKey(at, { name: 'billing', role: 'viewer' });
    expect((await at.ask('/v1/tokens', { token })).status).toBe(200);
    expect((await at.ask(`/v1/api-keys/${key.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await at.ask('/v1/tokens', { token })).status).toBe(401);
    expect((await at.ask(`/v1/api-keys/${key.id}`, { method: 'DELETE' })).body).toMatchObject({
      code: 'api-key-not-found',
    });
  });

  it('counts until it expires', async () => {
    const at = await start();
    const soon = new Date(Date.now() + 60_000).toISOString();
    const { token } = await makeKey(at, { name: 'guest', role: 'viewer', expiresAt: soon });
    expect((await at.ask('/v1/tokens', { token })).status).toBe(200);
    at.passMs(61_000);
    expect((await at.ask('/v1/tokens', { token })).status).toBe(401);
  });

  it('with a changed secret does not count', async () => {
    const at = await start();
    const { token } = await makeKey(at, { name: 'x', role: 'admin' });
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    expect((await at.ask('/v1/tokens', { token: forged })).status).toBe(401);
  });

  it('is made up in memory mode where none is configured', async () => {
    const at = await start({ VOLTLANE_API_TOKEN: '' });
    const token = at.api.madeUpToken ?? '';
    expect(token).toMatch(/^[\w-]{32}$/);
    expect((await at.ask('/v1/tokens', { token })).status).toBe(200);
    expect((await at.ask('/v1/tokens')).status).toBe(401);
  });
});

describe('a role', () => {
  const READ: readonly Ask[] = [{}];
  it.each([
    ['viewer', 403, 403],
    ['operator', 403, 403],
    ['admin', 201, 200],
  ] as const)('%s', async (role, onWrite, onKeys) => {
    const at = await start();
    const { token } = await makeKey(at, { name: role, role });
    for (const ask of READ) expect((await at.ask('/v1/tokens', { ...ask, token })).status).toBe(200);
    expect((await at.ask('/v1/tokens/A', { method: 'PUT', body: {}, token })).status).toBe(onWrite);
    expect((await at.ask('/v1/chargers/A', { method: 'PUT', body: {}, token })).status).toBe(onWrite);
    expect(
      (
        await at.ask('/v1/tokens/import', {
          method: 'POST',
          body: '',
          token,
          headers: { 'content-type': 'application/x-ndjson' },
        })
      ).status,
    ).toBe(onWrite === 201 ? 200 : 403);
    expect((await at.ask('/v1/api-keys', { token })).status).toBe(onKeys);
  });
});

describe('a tenant', () => {
  it('sees nothing of another, and cannot tell whether it exists', async () => {
    const at = await start();
    const { token } = await makeKey(at, { name: 'acme', role: 'admin', tenant: 'acme' });
    await at.ask('/v1/tokens/SECRET?tenant=rival', { method: 'PUT', body: {} });
    await at.ask('/v1/chargers/CP1?tenant=rival', { method: 'PUT', body: {} });
    const { key: rival } = await makeKey(at, { name: 'rival', role: 'viewer', tenant: 'rival' });

    for (const tenant of ['rival', 'nobody']) {
      const refused = await at.ask(`/v1/tokens?tenant=${tenant}`, { token });
      expect([refused.status, refused.body]).toMatchObject([403, { code: 'wrong-tenant', path: '/query/tenant' }]);
      expect((await at.ask(`/v1/chargers/CP1?tenant=${tenant}`, { method: 'PUT', body: {}, token })).status).toBe(403);
    }
    expect((await at.ask('/v1/tokens/SECRET', { token })).status).toBe(404);
    expect((await at.ask('/v1/chargers/CP1', { token })).status).toBe(404);
    expect((await at.ask('/v1/tokens', { token })).body).toEqual({ tokens: [] });
    expect(JSON.stringify((await at.ask('/v1/api-keys', { token })).body)).not.toContain('rival');
    expect((await at.ask(`/v1/api-keys/${rival.id}`, { method: 'DELETE', token })).status).toBe(404);
  });

  it('gives its keys to itself only', async () => {
    const at = await start();
    const { token } = await makeKey(at, { name: 'acme', role: 'admin', tenant: 'acme' });
    for (const tenant of ['rival', '*']) {
      const body = { name: 'x', role: 'viewer', tenant };
      expect((await at.ask('/v1/api-keys', { method: 'POST', body, token })).body).toMatchObject({
        code: 'wrong-tenant',
      });
    }
    const { token: second } = await makeKey(at, { name: 'x', role: 'viewer' }, token);
    expect((await at.ask('/v1/tokens?tenant=acme', { token: second })).status).toBe(200);
    expect((await at.ask('/v1/tokens?tenant=default', { token: second })).status).toBe(403);
  });

  it('is chosen by a key of all tenants, `default` if none is asked for', async () => {
    const at = await start();
    const { token } = await makeKey(at, { name: 'all', role: 'admin', tenant: '*' });
    await at.ask('/v1/tokens/A?tenant=acme', { method: 'PUT', body: {}, token });
    expect((await at.ask('/v1/tokens', { token })).body).toEqual({ tokens: [] });
    expect((await at.ask('/v1/tokens?tenant=acme', { token })).body).toMatchObject({ tokens: [{ idToken: 'A' }] });
  });
});

describe('a rate', () => {
  it('is of one key: another goes on', async () => {
    const at = await start({ VOLTLANE_API_REQUESTS_PER_SECOND: '1', VOLTLANE_API_REQUESTS_BURST_MAX: '5' });
    const { token } = await makeKey(at, { name: 'other', role: 'viewer' });
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) statuses.push((await at.ask('/v1/tokens')).status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    const limited = await at.ask('/v1/tokens');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect(limited.body).toMatchObject({ code: 'too-many-requests' });
    expect((await at.ask('/v1/tokens', { token })).status).toBe(200);
    at.passMs(2_000);
    expect((await at.ask('/v1/tokens')).status).toBe(200);
  });

  it('of wrong keys is of one address, and metrics count both', async () => {
    const at = await start({ VOLTLANE_TRUST_PROXY: 'true' });
    const guess: Ask = { token: 'a-wrong-guess', headers: { 'x-forwarded-for': '192.0.2.7' } };
    const statuses: number[] = [];
    for (let index = 0; index < 25; index += 1) statuses.push((await at.ask('/v1/tokens', guess)).status);
    expect([statuses.filter((status) => status === 401).length, statuses.at(-1)]).toEqual([20, 429]);
    expect((await at.ask('/v1/tokens', { headers: { 'x-forwarded-for': '192.0.2.7' } })).status).toBe(429);
    expect((await at.ask('/v1/tokens')).status).toBe(200);
    const metrics = await at.metrics.expose();
    expect(metrics).toContain('voltlane_api_authentications_refused_total{reason="unknown",service="api"} 20');
    expect(metrics).toContain('voltlane_api_authentications_refused_total{reason="limited",service="api"} 6');
  });
});

describe('what is written down', () => {
  it('is one audit line for each change, with who, what and which request, and nothing secret', async () => {
    const at = await start();
    const { token, key } = await makeKey(at, { name: 'ops', role: 'admin' });
    const change = { token, headers: { 'x-request-id': 'mine-1' } };
    await at.ask('/v1/chargers/CP1', { ...change, method: 'PUT', body: { password: 'correct-horse-battery' } });
    await at.ask('/v1/tokens/04A1B2C3D4', { ...change, method: 'PUT', body: {} });
    await at.ask('/v1/chargers/CP1', { token });
    const audit = at.lines.filter(({ event, keyId }) => event === 'audit' && keyId === key.id);
    expect(audit).toEqual([
      {
        level: 'info',
        event: 'audit',
        request: 'mine-1',
        operation: 'putCharger',
        status: 201,
        keyId: key.id,
        keyName: 'ops',
        tenant: 'default',
        chargerId: 'CP1',
      },
      {
        level: 'info',
        event: 'audit',
        request: 'mine-1',
        operation: 'putToken',
        status: 201,
        keyId: key.id,
        keyName: 'ops',
        tenant: 'default',
        tokenEnd: 'C3D4',
      },
    ]);
    for (const secret of ['correct-horse-battery', '04A1B2C3D4', token])
      expect(JSON.stringify(at.lines)).not.toContain(secret);
  });

  it('is a refused change, too', async () => {
    const at = await start();
    const { token } = await makeKey(at, { name: 'nosy', role: 'viewer' });
    await at.ask('/v1/chargers/CP1', { method: 'DELETE', token });
    expect(at.lines.at(-1)).toMatchObject({ event: 'audit', operation: 'deleteCharger', status: 403, keyName: 'nosy' });
  });
});

describe('a request id', () => {
  it('is the sender’s where it is sane, else one of ours', async () => {
    const at = await start();
    const idOf = async (given: string): Promise<string | null> =>
      (await at.ask('/v1/tokens', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await idOf('trace:42.a_b-c')).toBe('trace:42.a_b-c');
    for (const bad of ['', 'x'.repeat(65), 'a b', 'é']) expect(await idOf(bad)).toMatch(/^[0-9a-z]{16}$/);
  });
});
