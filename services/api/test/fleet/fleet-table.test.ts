import { createSeededRandom } from '@voltlane/time';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { type FleetQuery, queryFleet } from '../../src/fleet/fleet-query.ts';
import type { FleetRow } from '../../src/fleet/fleet-row.ts';
import { FleetView } from '../../src/fleet/fleet-view.ts';
import { PartColumn } from '../../src/fleet/part-column.ts';
import { busyState } from '../charger-records.ts';

const TENANTS = ['a', 'a-b', 'b'].map((name) => tenant(name));
const VENDORS = ['Acme', 'Other', undefined];
const SEEDS = 8;
const STEPS = 150;

/** What the columns must say, read off the row itself. */
const QUESTIONS: readonly (readonly [Partial<FleetQuery>, (row: FleetRow) => boolean])[] = [
  [{}, () => true],
  [{ connected: true }, (row) => row.session !== undefined],
  [{ registered: false, charging: true }, (row) => !row.registered && row.runningTransactions > 0],
  [{ registration: 'Pending', version: '2.1' }, (row) => row.registration === 'Pending' && row.version === '2.1'],
  [{ vendor: 'Acme', edge: 'e1' }, (row) => row.namePlate.vendor === 'Acme' && row.session?.edge === 'e1'],
  [{ labels: [['site', '2']] }, (row) => row.labels.entries['site'] === '2'],
  [{ status: 'Faulted' }, (row) => row.connectors.some(({ status }) => status === 'Faulted')],
  [{ search: 'p1' }, (row) => row.key.slice(row.tenant.length + 1).includes('p1')],
];

/** Chargers come, change and go at random, and now and then somebody looks. */
function randomLife(seed: number, look: (view: FleetView) => void): void {
  const random = createSeededRandom(seed);
  const whole = (below: number): number => Math.floor(random.next() * below);
  const view = new FleetView(200);
  for (let step = 1; step <= STEPS; step += 1) {
    const of = TENANTS[whole(TENANTS.length)] ?? tenant('a');
    const id = `P${whole(30)}`;
    if (random.next() < 0.5) {
      const session = { id: `s${step}`, edgeId: `e${whole(2)}`, version: '1.6', openedAtMs: step } as const;
      view.applyState({ tenant: of, chargerId: chargerId(id) }, step, {
        ...busyState(),
        registration: random.next() < 0.5 ? 'Pending' : 'Accepted',
        version: random.next() < 0.5 ? '2.1' : '1.6',
        vendor: VENDORS[whole(3)],
        session: random.next() < 0.5 ? session : undefined,
        ...(random.next() < 0.5 ? { open: [], connectors: {} } : {}),
      });
    } else {
      const record = {
        chargerId: `Q${id}`,
        securityProfile: 0,
        registration: 'Accepted',
        strictness: 'strict',
      } as const;
      const labels = { site: String(whole(3)) };
      view.applyRecord(of, `q${id.toLowerCase()}`, random.next() < 0.5 ? { ...record, labels } : undefined);
    }
    if (random.next() < 0.2) look(view);
  }
  look(view);
}

describe('the table of the fleet', () => {
  it('has each row once and in order, and answers as the rows would, whatever came and went', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      randomLife(seed, (view) => {
        const { rows } = queryFleet(view.table(), { limit: 1_000, total: false });
        const keys = rows.map(({ key }) => key);
        expect(keys, `seed ${seed}`).toEqual([...new Set(keys)].toSorted());
        expect(keys).toHaveLength(view.size);
        expect(rows.every((row) => view.get(row.tenant, row.key.slice(row.tenant.length + 1)) === row)).toBe(true);
        for (const [question, matches] of QUESTIONS) {
          for (const of of [undefined, ...TENANTS]) {
            const page = queryFleet(view.table(), { ...question, tenant: of, limit: 1_000, total: true });
            const expected = rows.filter((row) => (of === undefined || row.tenant === of) && matches(row));
            const same = page.rows.length === expected.length && page.rows.every((row, at) => row === expected[at]);
            expect(same, `seed ${seed} ${JSON.stringify(question)}`).toBe(true);
            expect(page.total).toBe(expected.length);
          }
        }
      });
    }
  });
});

describe('a column of parts', () => {
  it('asks each part once, and no part that no row has any more', () => {
    const column = new PartColumn<string>();
    column.grow(4);
    for (const [slot, part] of ['x', 'y', 'x', 'z'].entries()) column.add(slot, part);
    column.set(1, 'x');
    column.remove(3);
    const asked: string[] = [];
    const { numbers, answers } = column.ask((part) => asked.push(part) > 0);
    expect(asked).toEqual(['x']);
    expect([0, 1, 2].map((slot) => answers[numbers[slot] ?? 0])).toEqual([1, 1, 1]);
    column.add(3, 'new');
    column.set(0, 'newer');
    expect(column.ask(() => true).answers).toHaveLength(3);
  });
});
