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
  readonly tenant?: Tenant;
  readonly connected?: boolean;
  readonly registered?: boolean;
  readonly registration?: Registration;
  readonly version?: FleetVersion;
  readonly vendor?: string;
  readonly model?: string;
  readonly edge?: string;
  /** Any connector has this status. */
  readonly status?: string;
  /** A transaction is running. */
  readonly charging?: boolean;
  /** All of them, name and value exactly. */
  readonly labels?: readonly (readonly [name: string, value: string])[];
  /** Part of identity, vendor, model or a label, in any case. */
  readonly search?: string;
  /** Key of the last row of the page before. */
  readonly after?: string;
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

function compile(query: FleetQuery): (row: FleetRow) => boolean {
  const { connected, registered, registration, version, vendor, model, edge, status, charging, labels } = query;
  const search = query.search?.toLowerCase();
  return (row) =>
    (connected === undefined || (row.session !== undefined) === connected) &&
    (registered === undefined || row.registered === registered) &&
    (registration === undefined || row.registration === registration) &&
    (version === undefined || row.version === version) &&
    (vendor === undefined || row.namePlate.vendor === vendor) &&
    (model === undefined || row.namePlate.model === model) &&
    (edge === undefined || row.session?.edge === edge) &&
    (charging === undefined || row.runningTransactions > 0 === charging) &&
    (status === undefined || row.connectors.some((connector) => connector.status === status)) &&
    (labels === undefined || labels.every(([name, value]) => hasLabel(row, name, value))) &&
    (search === undefined || contains(row, search));
}

function hasLabel({ labels }: FleetRow, name: string, value: string): boolean {
  return Object.hasOwn(labels.entries, name) && labels.entries[name] === value;
}

function contains(row: FleetRow, search: string): boolean {
  return (
    row.key.includes(search, row.tenant.length + 1) ||
    row.namePlate.text.includes(search) ||
    row.labels.text.includes(search)
  );
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
