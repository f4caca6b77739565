/** What the view of 100,000 chargers costs: memory, reading it in, questions. `npx node --conditions=source …/fleet.bench.ts` */
import { systemClock } from '@voltlane/time';
import { chargerId, tenant } from '@voltlane/wire';
import { type FleetQuery, queryFleet } from '../../src/fleet/fleet-query.ts';
import { busyState } from '../charger-records.ts';
import { largeFleet } from './large-fleet.ts';

const CHARGERS = 100_000;
const ROUNDS = 20;
const QUESTIONS: Readonly<Record<string, Partial<FleetQuery>>> = {
  'first page': {},
  'one edge': { edge: 'edge-3-k3j9', total: true },
  'any connector faulted': { status: 'Faulted', total: true },
  'label, no match': { labels: [['site', 'nowhere']] },
  'search, no match': { search: 'no such thing' },
  'search, all match': { search: 'nl-rot-', total: true },
  'a few at once': { connected: true, registration: 'Accepted', status: 'Faulted', search: 'vendor 3', total: true },
  'all at once': {
    tenant: tenant('default'),
    connected: true,
    registered: true,
    charging: true,
    registration: 'Accepted',
    version: '1.6',
    vendor: 'Vendor 4',
    model: 'Nine',
    edge: 'edge-0-k3j9',
    status: 'Faulted',
    labels: [['row', '16']],
    search: 'nl-rot-0',
    total: true,
  },
};

const startedMs = systemClock.monotonicMs();
const view = largeFleet(CHARGERS, 2 * CHARGERS);
console.log(`${CHARGERS} states written, read and applied: ${(systemClock.monotonicMs() - startedMs).toFixed(0)} ms`);
const mergedMs = timed(() => view.table());
console.log(`put in order: ${mergedMs.toFixed(1)} ms`);
for (const [name, question] of Object.entries(QUESTIONS)) {
  repeated(name, () => queryFleet(view.table(), { limit: 100, total: false, ...question }));
}
let more = CHARGERS;
repeated('first page, and a new charger before each', () => {
  more += 1;
  view.applyState({ tenant: tenant('default'), chargerId: chargerId(`MORE-${more}`) }, more, busyState());
  queryFleet(view.table(), { limit: 100, total: false });
});

function repeated(name: string, ask: () => unknown): void {
  const cpu = process.cpuUsage();
  const times = Array.from({ length: ROUNDS }, () => timed(ask)).toSorted((a, b) => a - b);
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1_000 / ROUNDS;
  const [fastest = 0, median = 0, slowest = 0] = [times[0], times[ROUNDS / 2], times[ROUNDS - 1]];
  const figures = [fastest, median, slowest].map((ms) => ms.toFixed(1)).join(' / ');
  console.log(`${name}: ${figures} ms (fastest / median / slowest), ${cpuMs.toFixed(1)} ms CPU`);
}

function timed(run: () => unknown): number {
  const beganMs = systemClock.monotonicMs();
  run();
  return systemClock.monotonicMs() - beganMs;
}
