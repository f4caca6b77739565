/**
 * What may be asked of the fleet, decided over rows in order. Pure. One pass over the tenant's rows, from the cursor to the end of
 * the page, or to the end where a total is asked for.
 */
import type { Registration } from '@voltlane/charger-state';
import type { Tenant } from '@voltlane/wire';
import type { FleetRow, FleetVersion } from './fleet-row.ts';

/** Rows of a page when nothing is said, and at most. */
export const PAGE_ROWS_DEFAULT = 100;
export const PAGE_ROWS_MAX = 1_000;

/** What is left out matches all. */
export interface FleetQuery {
  readonly tenant?: Tenant | undefined;
  readonly connected?: boolean | undefined;
  readonly registered?: boolean | undefined;
  readonly registration?: Registration | undefined;
  readonly version?: FleetVersion | undefined;
  readonly vendor?: string | undefined;
  readonly model?: string | undefined;
  readonly edge?: string | undefined;
  /** Any connector has this status. */
  readonly status?: string | undefined;
  /** A transaction is running. */
  readonly charging?: boolean | undefined;
  /** All of them, name and value exactly. */
  readonly labels?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Part of identity, vendor, model or a label, in any case. */
  readonly search?: string | undefined;
  /** Key of the last row of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly total: boolean;
}

/** One page. */
export interface FleetPage {
  readonly rows: readonly FleetRow[];
  /** Where the next page goes on; undefined when this is the last. */
  readonly next: string | undefined;
  /** All that match, on whatever page; undefined when it was not asked for. */
  readonly total: number | undefined;
}

/** The page of `rows` (in order of key) that a query asks for. */
export function queryFleet(rows: readonly FleetRow[], query: FleetQuery): FleetPage {
  const { tenant, after = '', limit, total } = query;
  const from = tenant === undefined ? 0 : lowerBound(rows, `${tenant}/`);
  // '0' follows '/' in the order of characters.
  const to = tenant === undefined ? rows.length : lowerBound(rows, `${tenant}0`);
  const matches = compile(query);
  const page: FleetRow[] = [];
  let found = 0;
  let more = false;
  for (let at = total ? from : Math.max(from, upperBound(rows, after)); at < to; at += 1) {
    const row = rows[at];
    if (row === undefined || !matches(row)) continue;
    found += 1;
    if (row.key <= after) continue;
    if (page.length < limit) page.push(row);
    else {
      more = true;
      if (!total) break;
    }
  }
  return { rows: page, next: more ? page.at(-1)?.key : undefined, total: total ? found : undefined };
}

/** A key as the opaque text clients pass back. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/** The key of a cursor; undefined for what is none. */
export function decodeCursor(cursor: string): string | undefined {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  return key.includes('/') && encodeCursor(key) === cursor ? key : undefined;
}

type Test = (row: FleetRow) => boolean;

/** One test for each thing asked, the cheap ones first. */
function compile(query: FleetQuery): Test {
  const { connected, registered, registration, version, vendor, model, edge, status, charging, labels, search } = query;
  const tests: Test[] = [];
  if (connected !== undefined) tests.push((row) => (row.session !== undefined) === connected);
  if (registered !== undefined) tests.push((row) => row.registered === registered);
  if (charging !== undefined) tests.push((row) => row.runningTransactions > 0 === charging);
  if (registration !== undefined) tests.push((row) => row.registration === registration);
  if (version !== undefined) tests.push((row) => row.version === version);
  if (edge !== undefined) tests.push((row) => row.session?.edge === edge);
  if (vendor !== undefined) tests.push((row) => row.namePlate.vendor === vendor);
  if (model !== undefined) tests.push((row) => row.namePlate.model === model);
  if (status !== undefined)
    tests.push(
      byPart(
        (row) => row.connectors,
        (all) => all.some((one) => one.status === status),
      ),
    );
  for (const [name, value] of labels ?? []) {
    tests.push(
      byPart(
        (row) => row.labels,
        ({ entries }) => Object.hasOwn(entries, name) && entries[name] === value,
      ),
    );
  }
  if (search !== undefined) tests.push(contains(search.toLowerCase()));
  const [only] = tests;
  if (only === undefined) return () => true;
  if (tests.length === 1) return only;
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
}

function contains(search: string): Test {
  const onNamePlate = byPart(
    (row) => row.namePlate,
    ({ text }) => text.includes(search),
  );
  const inLabels = byPart(
    (row) => row.labels,
    ({ text }) => text.includes(search),
  );
  return (row) => onNamePlate(row) || inLabels(row) || row.key.includes(search, row.tenant.length + 1);
}

/** Looks at a part that many rows share only once. */
function byPart<T extends object>(partOf: (row: FleetRow) => T, test: (part: T) => boolean): Test {
  const known = new Map<T, boolean>();
  return (row) => {
    const part = partOf(row);
    let answer = known.get(part);
    if (answer === undefined) {
      answer = test(part);
      known.set(part, answer);
    }
    return answer;
  };
}

/** Index of the first row whose key is not below `key`. */
function lowerBound(rows: readonly FleetRow[], key: string): number {
  return firstIndex(rows, (row) => row.key >= key);
}

/** Index of the first row whose key is above `key`. */
function upperBound(rows: readonly FleetRow[], key: string): number {
  return firstIndex(rows, (row) => row.key > key);
}

function firstIndex(rows: readonly FleetRow[], reached: (row: FleetRow) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && !reached(row)) low = middle + 1;
    else high = middle;
  }
  return low;
}
