/** Which decisions a tenant leaves to its own service, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, startRig } from './rig.ts';

let rig: ApiRig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const AUTHORIZE = { deadlineMs: 2000, attempts: 2, fallback: 'reject' };

describe('/v1/handlers', () => {
  it('delegates nothing until told, then what it was told, then nothing again', async () => {
    expect((await rig.ask('/v1/handlers')).body).toEqual({ actions: {} });
    const put = { method: 'PUT', body: { actions: { Authorize: { deadlineMs: 2000, fallback: 'reject' } } } };
    expect(await rig.ask('/v1/handlers', put)).toMatchObject({
      status: 200,
      body: { actions: { Authorize: AUTHORIZE } },
    });
    expect((await rig.ask('/v1/handlers')).body).toEqual({ actions: { Authorize: AUTHORIZE } });
    expect((await rig.ask('/v1/handlers?tenant=other')).body).toEqual({ actions: {} });
    expect((await rig.ask('/v1/handlers', { method: 'DELETE' })).status).toBe(204);
    expect((await rig.ask('/v1/handlers')).body).toEqual({ actions: {} });
  });

  it.each([
    [{ actions: { Autorize: {} } }, 'invalid-request'],
    [{ actions: { Authorize: { deadlineMs: 5 } } }, 'invalid-request'],
    [{ actions: { Authorize: { fallbck: 'reject' } } }, 'invalid-request'],
    [{ actions: { Heartbeat: { fallback: 'accept' } } }, 'invalid-record'],
    [{ action: {} }, 'invalid-request'],
  ])('refuses %j', async (body, code) => {
    expect(await rig.ask('/v1/handlers', { method: 'PUT', body })).toMatchObject({ status: 400, body: { code } });
  });
});
