import { EMPTY_STATE } from '@voltlane/charger-state';
import type { ChargerRecord } from '@voltlane/registry';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { FleetView } from '../../src/fleet/fleet-view.ts';
import { busyState } from '../charger-records.ts';

const T = tenant('t');
const U = tenant('u');
const at = (id: string, of = T): { tenant: typeof T; chargerId: ReturnType<typeof chargerId> } => ({
  tenant: of,
  chargerId: chargerId(id),
});
const record = (id: string, labels?: Record<string, string>): ChargerRecord => ({
  chargerId: id,
  securityProfile: 0,
  registration: 'Accepted',
  strictness: 'strict',
  ...(labels === undefined ? {} : { labels }),
});
const keys = (view: FleetView): string[] => {
  const table = view.table();
  return Array.from(table.order, (slot) => table.row(slot)?.key ?? '');
};

describe('the view of the fleet', () => {
  it('keeps its rows in order of tenant and identity, whatever order they come in', () => {
    const view = new FleetView(100);
    for (const id of ['CP9', 'cp10', 'Ä1', 'CP1']) view.applyState(at(id), 1, EMPTY_STATE);
    view.applyState(at('AA', U), 5, EMPTY_STATE);
    expect(keys(view)).toEqual(['t/cp1', 't/cp10', 't/cp9', 't/ä1', 'u/aa']);
    view.applyState(at('CP5'), 6, EMPTY_STATE);
    view.applyRecord(T, 'cp0', record('CP0'));
    expect(keys(view)).toEqual(['t/cp0', 't/cp1', 't/cp10', 't/cp5', 't/cp9', 't/ä1', 'u/aa']);
  });

  it('takes what the newest state says, and no older one', () => {
    const view = new FleetView(100);
    view.applyState(at('CP1'), 7, busyState());
    view.applyState(at('CP1'), 6, EMPTY_STATE);
    expect(view.get(T, 'cp1')).toMatchObject({
      chargerId: 'CP1',
      registration: 'Accepted',
      version: '1.6',
      namePlate: { vendor: 'Acme', model: 'Two', firmwareVersion: '1.4.2' },
      session: { id: '01hqx5n7c0k2', edge: 'edge-a1' },
      connectors: [
        { connectorId: 1, status: 'Charging' },
        { connectorId: 2, status: 'Faulted', errorCode: 'GroundFailure' },
      ],
      runningTransactions: 1,
      lastSeenS: 1_772_366_460,
    });
    expect(view.connected).toBe(1);
    view.applyState(at('CP1'), 8, busyState({ session: undefined, open: [] }));
    expect(view.get(T, 'CP1')).toMatchObject({
      session: undefined,
      runningTransactions: 0,
      namePlate: { vendor: 'Acme' },
    });
    expect(view.connected).toBe(0);
  });

  it('has one row for record and state, in the case of the registration', () => {
    const view = new FleetView(100);
    view.applyState(at('cp1'), 3, busyState());
    view.applyRecord(T, 'cp1', record('CP1', { site: 'North' }));
    expect(view.size).toBe(1);
    const row = view.get(T, 'cP1');
    expect(row).toMatchObject({ chargerId: 'CP1', journalId: 'cp1', registered: true });
    expect(row?.labels).toEqual({ entries: { site: 'North' }, text: 'site\nnorth' });
    view.applyRecord(T, 'cp1', undefined);
    expect(view.get(T, 'cp1')).toMatchObject({ chargerId: 'cp1', registered: false, labels: { entries: {} } });
  });

  it('forgets a charger when neither registry nor journal knows it', () => {
    const view = new FleetView(100);
    view.applyRecord(T, 'a', record('A'));
    view.applyRecord(T, 'b', record('B'));
    expect(keys(view)).toEqual(['t/a', 't/b']);
    view.applyRecord(T, 'a', undefined);
    view.applyRecord(T, 'never there', undefined);
    expect(keys(view)).toEqual(['t/b']);
    view.applyRecord(T, 'a', record('A'));
    view.applyRecord(T, 'c', record('C'));
    view.applyRecord(T, 'c', undefined);
    expect(keys(view)).toEqual(['t/a', 't/b']);
    expect(view.size).toBe(2);
  });

  it('lets last seen only grow, and takes in nobody by it', () => {
    const view = new FleetView(100);
    view.applyState(at('CP1'), 1, busyState());
    view.applySeen(at('cp1'), 1_772_366_400);
    expect(view.get(T, 'cp1')?.lastSeenS).toBe(1_772_366_460);
    view.applySeen(at('cp1'), 1_772_366_999);
    view.applyState(at('CP1'), 2, busyState());
    expect(view.get(T, 'cp1')?.lastSeenS).toBe(1_772_366_999);
    view.applySeen(at('CP2'), 1_772_366_999);
    expect(view.size).toBe(1);
  });

  it('says that it is incomplete when there are more chargers than it may hold, and keeps those it has', () => {
    const view = new FleetView(2);
    view.applyState(at('A'), 1, EMPTY_STATE);
    view.applyState(at('B'), 2, EMPTY_STATE);
    expect(view.incomplete).toBe(false);
    view.applyState(at('C'), 3, EMPTY_STATE);
    view.applyState(at('A'), 4, busyState());
    expect(view.incomplete).toBe(true);
    expect(keys(view)).toEqual(['t/a', 't/b']);
    expect(view.get(T, 'a')?.session).toBeDefined();
  });
});
