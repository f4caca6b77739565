/** Chargers and tokens over HTTP: what is written is what is read, in every process within a second, on both buses. */
import { type Bus, connectNats, createMemoryBus } from '@voltlane/bus';
import { openRegistry, type Registry, verifyPassword } from '@voltlane/registry';
import { type NatsServer, startNatsServer, waitUntil } from '@voltlane/testkit';
import { systemClock, systemRandom } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRig, startRig } from './rig.ts';

const DEFAULT = tenant('default');

interface Place {
  connect(name: string): Promise<Bus>;
  end(): Promise<void>;
}

async function memory(): Promise<Place> {
  const broker = createMemoryBus({ clock: systemClock });
  return { connect: (name) => Promise.resolve(broker.connect(name)), end: () => Promise.resolve() };
}

async function nats(): Promise<Place> {
  const server: NatsServer = await startNatsServer();
  return {
    connect: (name) => connectNats({ urls: [server.url], name, clock: systemClock, random: systemRandom }),
    end: () => server.stop(),
  };
}

describe.each([
  ['memory', memory],
  ['nats', nats],
] as const)('on %s', (_, open) => {
  let place: Place;
  let rig: ApiRig;
  let otherRig: ApiRig;
  /** What an edge or a worker sees. */
  let elsewhere: Registry;
  let elsewhereBus: Bus;

  beforeAll(async () => {
    place = await open();
    rig = await startRig({}, await place.connect('api-1'));
    otherRig = await startRig({}, await place.connect('api-2'));
    elsewhereBus = await place.connect('edge');
    elsewhere = await openRegistry(elsewhereBus);
  });

  afterAll(async () => {
    elsewhere.close();
    await elsewhereBus.close();
    await otherRig.stop();
    await rig.stop();
    await place.end();
  });

  describe('a charger', () => {
    it('is registered, shown without its password, changed and forgotten', async () => {
      const body = {
        password: 'correct-horse-battery',
        allowedVersions: ['2.1'],
        quietAfterBootMs: 5_000,
        labels: { site: 'north' },
      };
      const record = {
        chargerId: 'CP1',
        hasPassword: true,
        allowedVersions: ['2.1'],
        securityProfile: 1,
        registration: 'Accepted',
        strictness: 'strict',
        quietAfterBootMs: 5_000,
        labels: { site: 'north' },
      };
      const put = await rig.ask('/v1/chargers/CP1', { method: 'PUT', body });
      expect([put.status, put.body]).toEqual([201, { record }]);
      expect((await rig.ask('/v1/chargers/cp1')).body).toMatchObject({ chargerId: 'CP1', registered: true, record });

      const changed = await rig.ask('/v1/chargers/CP1', { method: 'PUT', body: { registration: 'Rejected' } });
      expect([changed.status, changed.body]).toMatchObject([
        200,
        { record: { hasPassword: true, registration: 'Rejected' } },
      ]);
      expect(changed.body).not.toHaveProperty('record.labels');
      const stored = await rig.registry.charger(DEFAULT, 'CP1');
      expect(verifyPassword(stored?.password, Buffer.from('correct-horse-battery'))).toBe(true);

      const without = await rig.ask('/v1/chargers/CP1', { method: 'PUT', body: { password: null } });
      expect(without.body).toMatchObject({ record: { hasPassword: false, securityProfile: 0 } });

      expect((await rig.ask('/v1/chargers/CP1', { method: 'DELETE' })).status).toBe(204);
      expect((await rig.ask('/v1/chargers/CP1')).body).toMatchObject({ code: 'charger-not-found' });
      expect((await rig.ask('/v1/chargers/CP1', { method: 'DELETE' })).status).toBe(404);
    });

    it.each(['CP 1', 'a.b.c', '*', '>', 'ÅÄÖ-Ladestation', '充电桩', 'a+b', '100%', 'ID?x=1#y'])(
      'may be called %s',
      async (id) => {
        const path = `/v1/chargers/${encodeURIComponent(id)}`;
        expect((await rig.ask(path, { method: 'PUT', body: {} })).status).toBe(201);
        expect((await rig.ask(path)).body).toMatchObject({ chargerId: id });
        expect(await elsewhere.charger(DEFAULT, id)).toMatchObject({ chargerId: id });
        expect((await rig.ask(path, { method: 'DELETE' })).status).toBe(204);
      },
    );

    it('changes for every other process within a second', async () => {
      expect(await elsewhere.charger(DEFAULT, 'MOVED')).toBeUndefined();
      for (const registration of ['Pending', 'Accepted', 'Rejected']) {
        await rig.ask('/v1/chargers/MOVED', { method: 'PUT', body: { registration } });
        const seen = async (): Promise<boolean> =>
          (await elsewhere.charger(DEFAULT, 'MOVED'))?.registration === registration;
        await waitUntil(`${registration} elsewhere`, seen, { timeoutMs: 1_000 });
      }
      await rig.ask('/v1/chargers/MOVED', { method: 'DELETE' });
      const gone = async (): Promise<boolean> => (await elsewhere.charger(DEFAULT, 'MOVED')) === undefined;
      await waitUntil('its end elsewhere', gone, { timeoutMs: 1_000 });
    });
  });

  describe('a token', () => {
    it('is registered, shown, changed, listed and forgotten', async () => {
      const body = { status: 'Accepted', type: 'ISO14443', expiryDate: '2030-12-31T23:59:59Z', parentIdToken: 'FLEET' };
      const token = { ...body, idToken: 'Ab 1', expiryDate: '2030-12-31T23:59:59.000Z' };
      const put = await rig.ask('/v1/tokens/Ab%201', { method: 'PUT', body });
      expect([put.status, put.body]).toEqual([201, token]);
      expect((await rig.ask('/v1/tokens/aB%201')).body).toEqual(token);
      expect((await rig.ask('/v1/tokens/Ab%201', { method: 'PUT', body: { status: 'Blocked' } })).body).toEqual({
        idToken: 'Ab 1',
        status: 'Blocked',
      });
      const seen = async (): Promise<boolean> => (await elsewhere.token(DEFAULT, 'ab 1'))?.status === 'Blocked';
      await waitUntil('the change elsewhere', seen, { timeoutMs: 1_000 });
      expect((await rig.ask('/v1/tokens?prefix=ab')).body).toEqual({
        tokens: [{ idToken: 'Ab 1', status: 'Blocked' }],
      });
      expect((await rig.ask('/v1/tokens/Ab%201', { method: 'DELETE' })).status).toBe(204);
      expect((await rig.ask('/v1/tokens/Ab%201')).body).toMatchObject({ code: 'token-not-found' });
    });

    it('comes up once in a walk through all pages', async () => {
      const ids = Array.from({ length: 25 }, (__, index) => `WALK-${String(index).padStart(2, '0')}`);
      await Promise.all(ids.map((id) => rig.ask(`/v1/tokens/${id}`, { method: 'PUT', body: {} })));
      const seen: string[] = [];
      let cursor: string | undefined = '';
      for (let page = 0; page < 5 && cursor !== undefined; page += 1) {
        const from = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await rig.ask(`/v1/tokens?limit=10&prefix=walk${from}`);
        const read = JSON.parse(JSON.stringify(body));
        seen.push(...read.tokens.map(({ idToken }: { idToken: string }) => idToken));
        cursor = read.cursor;
      }
      expect([seen, cursor]).toEqual([ids, undefined]);
    });
  });

  describe('an import', () => {
    const lines = { 'content-type': 'application/x-ndjson' };

    it('writes the good lines and reports the bad ones', async () => {
      const body = '{"charger":"I1","password":"correct-horse-battery"}\n{"charger":"I1/2"}\n\n{"charger":"I2"}\n';
      const { status, body: report } = await rig.ask('/v1/chargers/import', { method: 'POST', body, headers: lines });
      expect([status, report]).toMatchObject([200, { read: 3, written: 2, failed: 1, errors: [{ line: 2 }] }]);
      expect((await rig.ask('/v1/chargers/i1')).body).toMatchObject({ record: { hasPassword: true } });
    });

    it('is over at once when there is nothing in it', async () => {
      const { status, body } = await rig.ask('/v1/tokens/import', { method: 'POST', body: '', headers: lines });
      expect([status, body]).toEqual([200, { read: 0, written: 0, unchanged: 0, failed: 0, errors: [] }]);
    });

    it('of 5,000 lines is streamed: it is longer than any body may be', async () => {
      let sent = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (sent === 5_000) controller.close();
          else controller.enqueue(Buffer.from(`{"idToken":"BULK${sent++}","labels":{"note":"${'x'.repeat(250)}"}}\n`));
        },
      });
      const { body: report } = await rig.ask('/v1/tokens/import?tenant=bulk', { method: 'POST', body, headers: lines });
      expect(report).toEqual({ read: 5_000, written: 5_000, unchanged: 0, failed: 0, errors: [] });
      expect(await elsewhere.tokenIds(tenant('bulk'))).toHaveLength(5_000);
    });
  });

  it('a key counts and stops to count in every other api within a second', async () => {
    const { body } = await rig.ask('/v1/api-keys', { method: 'POST', body: { name: 'x', role: 'viewer' } });
    const { token, key } = JSON.parse(JSON.stringify(body));
    const statusIs = (status: number) => async (): Promise<boolean> =>
      (await otherRig.ask('/v1/tokens', { token })).status === status;
    await waitUntil('the key to count elsewhere', statusIs(200), { timeoutMs: 1_000 });
    await rig.ask(`/v1/api-keys/${key.id}`, { method: 'DELETE' });
    await waitUntil('the key to be over elsewhere', statusIs(401), { timeoutMs: 1_000 });
  });
});

describe('on NATS without a configured key', () => {
  it('nobody gets in until a key is stored, and the start says so', async () => {
    const place = await nats();
    const closed = await startRig({ VOLTLANE_API_TOKEN: '' }, await place.connect('api-1'));
    await waitUntil('the warning', () =>
      closed.lines.some(({ level, option }) => level === 'warn' && option === 'VOLTLANE_API_TOKEN'),
    );
    expect([closed.api.madeUpToken, (await closed.ask('/v1/tokens')).status]).toEqual([undefined, 401]);

    const open = await startRig({}, await place.connect('api-2'));
    const { body } = await open.ask('/v1/api-keys', { method: 'POST', body: { name: 'first', role: 'admin' } });
    const { token } = JSON.parse(JSON.stringify(body));
    await waitUntil('the key to count', async () => (await closed.ask('/v1/tokens', { token })).status === 200);

    const later = await startRig({ VOLTLANE_API_TOKEN: '' }, await place.connect('api-3'));
    await waitUntil('the keys to be read', async () => (await later.ask('/v1/tokens', { token })).status === 200);
    expect(later.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    for (const rig of [closed, open, later]) await rig.stop();
    await place.end();
  });
});
