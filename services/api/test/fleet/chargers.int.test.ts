/** The fleet over HTTP: what lists and single chargers show, on the memory bus and on a real server. */
import type { Bus, Journal } from '@voltlane/bus';
import { LAST_SEEN_BUCKET, LAST_SEEN_PAGE_BYTES_MAX, lastSeenKey } from '@voltlane/charger-state';
import { openRegistry } from '@voltlane/registry';
import { type NatsServer, startNatsServer, waitUntil } from '@voltlane/testkit';
import { chargerId, encodeLastSeen, partitionId, tenant } from '@voltlane/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyState, type RecordWriter, recordWriter } from '../charger-records.ts';
import { connectTo, journalOf, memoryPlace, type Place, type RunningApi, startApi } from '../running-api.ts';

interface Page {
  readonly chargers: readonly { readonly chargerId: string; readonly tenant: string; readonly lastSeen?: string }[];
  readonly cursor?: string;
  readonly total?: number;
}

function fleetContract(name: string, open: () => Promise<Place>): void {
  describe(`the fleet on ${name}`, () => {
    let place: Place;
    let bus: Bus;
    let journal: Journal;
    let writer: RecordWriter;
    let api: RunningApi;

    beforeAll(async () => {
      place = await open();
      bus = await connectTo(place, 'worker');
      journal = await journalOf(bus);
      writer = recordWriter(journal);
      const registry = await openRegistry(bus);
      const record = { securityProfile: 1, registration: 'Accepted', strictness: 'strict' } as const;
      await registry.putCharger(tenant('default'), { ...record, chargerId: 'CP1', labels: { site: 'North Pier' } });
      await registry.putCharger(tenant('default'), { ...record, chargerId: 'Never There' });
      registry.close();
      await writer.state('CP1', ['charger.connected'], busyState({ vendor: 'Old' }));
      await writer.state('CP1', ['charger.booted'], busyState());
      await writer.state('CP2', ['charger.connected'], busyState({ session: undefined, open: [], vendor: 'Other' }));
      await writer.state('acme/CP3', ['charger.connected'], busyState());
      api = await startApi(place);
      await waitUntil('the api is ready', async () => (await api.get('/readyz')).ok);
    });
    afterAll(async () => {
      await api.stop();
      await bus.close();
    });

    const list = async (query: string): Promise<Page> =>
      (await (await api.get(`/v1/chargers?${query}`)).json()) as Page;
    const idsOf = async (query: string): Promise<string> =>
      (await list(query)).chargers.map((charger) => charger.chargerId).join(' ');

    it('is listed with its state, registered or not', async () => {
      const page = await list('total=true');
      expect([page.total, page.cursor]).toEqual([3, undefined]);
      expect(page.chargers.map((charger) => charger.chargerId)).toEqual(['CP1', 'CP2', 'Never There']);
      expect(page.chargers[0]).toEqual({
        tenant: 'default',
        chargerId: 'CP1',
        registered: true,
        connected: true,
        registration: 'Accepted',
        version: '1.6',
        vendor: 'Acme',
        model: 'Two',
        firmwareVersion: '1.4.2',
        session: { id: '01hqx5n7c0k2', edge: 'edge-a1', openedAt: '2026-03-01T12:00:00.000Z' },
        lastSeen: '2026-03-01T12:01:00.000Z',
        connectors: [
          { connectorId: 1, status: 'Charging' },
          { connectorId: 2, status: 'Faulted', errorCode: 'GroundFailure' },
        ],
        runningTransactions: 1,
        openCommands: 0,
        labels: { site: 'North Pier' },
      });
      expect(page.chargers[2]).toEqual({
        tenant: 'default',
        chargerId: 'Never There',
        registered: true,
        connected: false,
        registration: 'None',
        connectors: [],
        runningTransactions: 0,
        openCommands: 0,
        labels: {},
      });
    });

    it('is filtered, searched and gone through page by page', async () => {
      expect(await idsOf('connected=true')).toBe('CP1');
      expect(await idsOf('registered=false')).toBe('CP2');
      expect(await idsOf('status=Faulted&charging=false')).toBe('CP2');
      expect(await idsOf('label=site%3DNorth%20Pier')).toBe('CP1');
      expect(await idsOf('search=there')).toBe('Never There');
      expect(await idsOf('tenant=acme')).toBe('CP3');
      expect(await idsOf('tenant=*')).toBe('CP3 CP1 CP2 Never There');
      const first = await list('tenant=*&limit=2');
      expect(await idsOf(`tenant=*&limit=2&cursor=${first.cursor}`)).toBe('CP2 Never There');
      for (const query of ['cursor=x', 'limit=0', 'limit=1001', 'connected=maybe', 'label=x', 'nothing=1']) {
        expect([query, (await api.get(`/v1/chargers?${query}`)).status]).toEqual([query, 400]);
      }
    });

    it('shows one charger with its transactions and its record, in any case', async () => {
      const answer = await (await api.get('/v1/chargers/cp1')).json();
      expect(answer).toMatchObject({
        chargerId: 'CP1',
        connected: true,
        connectors: [{ connectorId: 1, status: 'Charging', at: '2026-03-01T12:00:00.000Z' }, { connectorId: 2 }],
        transactions: [
          {
            transactionKey: 'd8906f5b-722d-80bd-9564-d94279707df3',
            transactionId: '1000001',
            connectorId: 1,
            idToken: 'GOOD',
            startedAt: '2026-03-01T12:00:00.000Z',
            meterStartWh: 1_000,
          },
        ],
        record: { chargerId: 'CP1', labels: { site: 'North Pier' } },
      });
      expect(await (await api.get('/v1/chargers/CP2')).json()).toMatchObject({ registered: false, record: null });
      expect((await api.get('/v1/chargers/CP9')).status).toBe(404);
      expect((await api.get('/v1/chargers/CP3')).status).toBe(404);
      expect((await api.get('/v1/chargers/CP3?tenant=acme')).status).toBe(200);
    });

    it('follows what happens within a moment', async () => {
      await writer.state('CP4', ['charger.connected'], busyState());
      await waitUntil('it is listed', async () => (await idsOf('search=cp4')) === 'CP4');
      await writer.state('CP4', ['charger.disconnected'], busyState({ session: undefined }));
      await waitUntil('it is disconnected', async () => (await idsOf('search=cp4&connected=false')) === 'CP4');
      const seenAtS = 1_772_370_000;
      const options = { bucket: LAST_SEEN_BUCKET, maxAgeMs: 0, valueBytesMax: LAST_SEEN_PAGE_BYTES_MAX };
      const page = {
        writtenAtS: seenAtS,
        chargers: [{ tenant: tenant('default'), chargerId: chargerId('CP4'), seenAtS }],
      };
      await (await bus.keyValue(options)).put(lastSeenKey(partitionId(3)), encodeLastSeen(page));
      await waitUntil('it was last seen then', async () => {
        const { chargers } = await list('search=cp4');
        return chargers[0]?.lastSeen === '2026-03-01T13:00:00.000Z';
      });
      expect(await (await api.get('/v1/chargers/cp4')).json()).toMatchObject({ lastSeen: '2026-03-01T13:00:00.000Z' });
    });

    it('is refused whole when it is larger than this process may hold; single chargers are not', async () => {
      const small = await startApi(place, { VOLTLANE_FLEET_CHARGERS_MAX: '2' });
      await waitUntil('the api is ready', async () => (await small.get('/readyz')).ok);
      const refused = await small.get('/v1/chargers');
      expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'fleet-too-large' }]);
      expect(await (await small.get('/metrics')).text()).toContain('voltlane_api_fleet_incomplete{service="api"} 1');
      expect((await small.get('/v1/chargers/CP2')).status).toBe(200);
      expect((await small.get('/v1/chargers/CP1')).status).toBe(200);
      await small.stop();
    });
  });
}

fleetContract('memory', async () => memoryPlace());

describe('with a real server', () => {
  let server: NatsServer;
  afterAll(() => server.stop());
  fleetContract('NATS', async () => {
    server = await startNatsServer();
    return { urls: [server.url] };
  });
});
