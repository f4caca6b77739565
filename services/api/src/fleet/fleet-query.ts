/**
 * What may be asked of the fleet, decided over its table. Pure. One pass over the tenant's rows, from the cursor to the end of
 * the page, or to the end where a total is asked for.
 */
import type { Registration } from '@voltlane/charger-state';
import type { Tenant } from '@voltlane/wire';
import type { FleetRow, FleetVersion } from './fleet-row.ts';
import type { FleetTable } from './fleet-table.ts';
import { pairMarks } from './pair-marks.ts';
import type { PartAnswers } from './part-column.ts';
import { flagsAsked } from './row-flags.ts';

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

/** The page of `table` that a query asks for. */
export function queryFleet(table: FleetTable, query: FleetQuery): FleetPage {
  const { tenant, after = '', limit, total } = query;
  const { order } = table;
  const from = tenant === undefined ? 0 : table.placeOf(`${tenant}/`);
  // '0' follows '/' in the order of characters.
  const to = tenant === undefined ? order.length : table.placeOf(`${tenant}0`);
  // No key is between one and the same with the lowest character behind it.
  const start = Math.max(from, table.placeOf(`${after}\0`));
  const matches = compile(table, query);
  const page: FleetRow[] = [];
  let found = 0;
  let more = false;
  for (let at = total ? from : start; at < to; at += 1) {
    const slot = order[at] ?? 0;
    if (!matches(slot)) continue;
    found += 1;
    if (at < start) continue;
    if (page.length < limit) {
      const row = table.row(slot);
      if (row !== undefined) page.push(row);
    } else {
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

type Test = (slot: number) => boolean;

/** One test of all that is asked, the cheap things first. */
function compile(table: FleetTable, query: FleetQuery): Test {
  const { flags } = table;
  const { mask, value } = flagsAsked(query);
  const parts = askedOfParts(table, query);
  const search = query.search === undefined ? undefined : contains(table, query.search.toLowerCase());
  return (slot) => {
    if (((flags[slot] ?? 0) & mask) !== value) return false;
    for (const { numbers, answers } of parts) if (answers[numbers[slot] ?? 0] !== 1) return false;
    return search === undefined || search(slot);
  };
}

function askedOfParts(table: FleetTable, query: FleetQuery): readonly PartAnswers[] {
  const { vendor, model, edge, status, labels = [] } = query;
  const asked: PartAnswers[] = [];
  if (edge !== undefined) asked.push(table.edges.ask((name) => name === edge));
  if (vendor !== undefined) asked.push(table.namePlates.ask((plate) => plate.vendor === vendor));
  if (model !== undefined) asked.push(table.namePlates.ask((plate) => plate.model === model));
  if (status !== undefined) asked.push(table.connectors.ask((all) => all.some((one) => one.status === status)));
  for (const [name, value] of labels)
    asked.push(table.labels.ask(({ entries }) => Object.hasOwn(entries, name) && entries[name] === value));
  return asked;
}

function contains(table: FleetTable, search: string): Test {
  const { marks, identities } = table;
  const wanted = pairMarks(search);
  const plates = table.namePlates.ask(({ text }) => text.includes(search));
  const labels = table.labels.ask(({ text }) => text.includes(search));
  return (slot) => {
    if (plates.answers[plates.numbers[slot] ?? 0] === 1 || labels.answers[labels.numbers[slot] ?? 0] === 1) return true;
    return (~(marks[slot] ?? 0) & wanted) === 0 && identities[slot]?.includes(search) === true;
  };
}
