import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, type FleetQuery, queryFleet } from '../../src/fleet/fleet-query.ts';
import { FleetView } from '../../src/fleet/fleet-view.ts';
import { busyState } from '../charger-records.ts';

const T = tenant('t');

function view(): FleetView {
  const fleet = new FleetView(1_000);
  const add = (name: string, id: string, change: Parameters<typeof busyState>[0] = {}): void =>
    fleet.applyState({ tenant: tenant(name), chargerId: chargerId(id) }, 1, busyState(change));
  const label = (id: string, labels: Record<string, string>): void =>
    fleet.applyRecord(T, id.toLowerCase(), {
      chargerId: id,
      securityProfile: 0,
      registration: 'Accepted',
      strictness: 'strict',
      labels,
    });
  add('t', 'A1');
  add('t', 'A2', { session: undefined, open: [], connectors: {}, vendor: 'Other', registration: 'Pending' });
  add('t', 'B1', {
    version: '2.1',
    session: { id: 's', edgeId: 'edge-b', version: '2.1', openedAtMs: 0 },
    model: 'Nine',
  });
  add('t-2', 'A1');
  add('u', 'Z9');
  label('A1', { site: 'North Pier', row: '1' });
  label('C1', { site: 'South' });
  return fleet;
}

function found(query: Partial<FleetQuery>): string {
  const page = queryFleet(view().table(), { limit: 100, total: false, ...query });
  return page.rows.map((row) => row.key).join(' ');
}

describe('a query of the fleet', () => {
  it('finds by each filter what it says', () => {
    expect(found({})).toBe('t-2/a1 t/a1 t/a2 t/b1 t/c1 u/z9');
    expect(found({ tenant: T })).toBe('t/a1 t/a2 t/b1 t/c1');
    expect(found({ tenant: tenant('t-2') })).toBe('t-2/a1');
    expect(found({ tenant: tenant('nobody') })).toBe('');
    expect(found({ tenant: T, connected: false })).toBe('t/a2 t/c1');
    expect(found({ tenant: T, connected: true })).toBe('t/a1 t/b1');
    expect(found({ registered: true })).toBe('t/a1 t/c1');
    expect(found({ registration: 'Pending' })).toBe('t/a2');
    expect(found({ registration: 'None' })).toBe('t/c1');
    expect(found({ version: '2.1' })).toBe('t/b1');
    expect(found({ vendor: 'Other' })).toBe('t/a2');
    expect(found({ model: 'Nine' })).toBe('t/b1');
    expect(found({ edge: 'edge-b' })).toBe('t/b1');
    expect(found({ tenant: T, status: 'Faulted' })).toBe('t/a1 t/b1');
    expect(found({ tenant: T, charging: false })).toBe('t/a2 t/c1');
    expect(found({ labels: [['site', 'South']] })).toBe('t/c1');
    expect(
      found({
        labels: [
          ['site', 'North Pier'],
          ['row', '2'],
        ],
      }),
    ).toBe('');
    expect(found({ labels: [['constructor', '']] })).toBe('');
  });

  it('searches part of identity, vendor, model and labels in any case, not the tenant', () => {
    expect(found({ search: 'PIER' })).toBe('t/a1');
    expect(found({ search: 'nine' })).toBe('t/b1');
    expect(found({ search: 'other' })).toBe('t/a2');
    expect(found({ search: 'z9' })).toBe('u/z9');
    expect(found({ search: 't' })).toBe('t-2/a1 t/a1 t/a2 t/c1 u/z9');
    expect(found({ search: 't-2' })).toBe('');
  });

  it('goes through all pages without leaving out or repeating one, while chargers come and go', () => {
    const fleet = view();
    const seen: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const { rows, next } = queryFleet(fleet.table(), { after, limit: 2, total: false });
      seen.push(...rows.map((row) => row.key));
      // One before the place, one behind it.
      if (page === 0) {
        fleet.applyState({ tenant: T, chargerId: chargerId('A0') }, 1, busyState());
        fleet.applyState({ tenant: T, chargerId: chargerId('A11') }, 1, busyState());
        fleet.applyRecord(T, 'c1', undefined);
      }
      if (next === undefined) break;
      after = decodeCursor(encodeCursor(next));
    }
    expect(seen).toEqual(['t-2/a1', 't/a1', 't/a11', 't/a2', 't/b1', 'u/z9']);
  });

  it('says that there is a next page only when there is one, and counts all when asked to', () => {
    const table = view().table();
    const last = queryFleet(table, { limit: 6, total: true });
    expect([last.next, last.total]).toEqual([undefined, 6]);
    const first = queryFleet(table, { limit: 5, total: true, connected: true });
    expect([first.next, first.total]).toEqual([undefined, 4]);
    const second = queryFleet(table, { limit: 1, total: true, after: 't/a1' });
    expect([second.rows[0]?.key, second.next, second.total]).toEqual(['t/a2', 't/a2', 6]);
  });

  it('knows a cursor from other text', () => {
    for (const key of ['t/a1', 'default/süd 1*']) expect(decodeCursor(encodeCursor(key))).toBe(key);
    for (const text of ['', 'x', '!!', encodeCursor('no slash'), `${encodeCursor('t/a1')}=`])
      expect(decodeCursor(text)).toBeUndefined();
  });
});
