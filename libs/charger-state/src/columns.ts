/** Forms of values in a stored state: an object is the list of its fields' values in a fixed order, so that no name is stored. */
import { type StoredValue, WireError } from '@voltlane/wire';

/** How a value is stored and read back. What is stored is plain data; `undefined` is stored as null. */
export interface Form<T> {
  write(value: T): StoredValue;
  /** `stored` is null or undefined for what is not there, also because its writer did not know of it. WireError `malformed`. */
  read(stored: unknown): T;
}

/** A list that is an object: where its fields are in it. */
export interface Columns<T> extends Form<T> {
  write(value: T): StoredValue[];
  place(field: keyof T & string): number;
}

/** A value that is plain data already, `absent` when it is not there. */
export function plain<T extends StoredValue | undefined>(absent: T): Form<T> {
  return {
    write: (value) => value ?? null,
    read: (stored) => (stored ?? absent) as T,
  };
}

/** A form for what may be undefined. */
export function optional<T>(form: Form<T>): Form<T | undefined> {
  return {
    write: (value) => (value === undefined ? null : form.write(value)),
    read: (stored) => (stored === null || stored === undefined ? undefined : form.read(stored)),
  };
}

/** A list; empty when it is not there. */
export function list<T>(form: Form<T>): Form<readonly T[]> {
  return {
    write: (values) => values.map((value) => form.write(value)),
    read: (stored) => (stored === null || stored === undefined ? [] : array(stored).map((value) => form.read(value))),
  };
}

/** Values by names that are data themselves; empty when they are not there. */
export function named<T>(form: Form<T>): Form<Readonly<Record<string, T>>> {
  return {
    write(values) {
      const stored: Record<string, StoredValue> = {};
      for (const name in values) stored[name] = form.write(values[name] as T);
      return stored;
    },
    read(stored) {
      const values: Record<string, T> = {};
      if (stored === null || stored === undefined) return values;
      if (typeof stored !== 'object' || Array.isArray(stored)) throw malformed('names', stored);
      for (const [name, value] of Object.entries(stored)) values[name] = form.read(value);
      return values;
    },
  };
}

/**
 * An object with these fields, stored in the order in which they stand here. That order is a contract with what is in journals: a new field
 * goes to the end, none is ever moved or taken out. Fields at the end that are not there are not stored.
 */
export function columns<T extends object>(fields: { readonly [K in keyof T]-?: Form<T[K]> }): Columns<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const forms = names.map((name): Form<unknown> => fields[name]);
  const blank = blankWith(names);
  return {
    write(value) {
      const stored = names.map((name, index) => forms[index]?.write(value[name]) ?? null);
      while (stored.at(-1) === null) stored.pop();
      return stored;
    },
    read(stored) {
      const values = array(stored);
      const value = { ...blank };
      // Not over pairs of name and form: they would be made anew each time, 4 KB a state (docs/decisions/0016-resting-state.md).
      for (let index = 0; index < names.length; index += 1) {
        value[names[index] as string] = forms[index]?.read(values[index]);
      }
      return value as T;
    },
    place: (field) => names.indexOf(field),
  };
}

/**
 * An object whose copies have room for these fields in themselves: one that gets its fields by their names, one after the other, grows a list
 * of values beside it, a sixth more garbage of a state. The engine's parser of JSON makes what a literal would.
 */
function blankWith(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`) as Record<string, unknown>;
}

function array(stored: unknown): readonly unknown[] {
  if (Array.isArray(stored)) return stored;
  throw malformed('a list', stored);
}

function malformed(wanted: string, stored: unknown): WireError {
  return new WireError('malformed', `malformed state: ${wanted} expected, ${typeof stored} found`);
}
