/**
 * Owns the values that a CSMS may read and change: 1.6 configuration keys and 2.x variables alike. The tables of what
 * exists belong to the dialects; a charger keeps only what differs from its table, so that thousands stay cheap.
 */

/** One key or variable: what it is called, what it may hold, what it holds at first. */
export interface SettingSpec {
  /** Name as the CSMS spells it; compared without case. */
  readonly name: string;
  readonly type: 'bool' | 'int' | 'text' | 'list';
  /** R read only, W write only (secrets), RW both. */
  readonly access: 'R' | 'W' | 'RW';
  readonly initial: string;
  /** Smallest and largest value of an `int`. */
  readonly min?: number;
  readonly max?: number;
  /** Members that a `list` may hold; any when absent. */
  readonly members?: readonly string[];
  /** Takes effect after a reboot only. */
  readonly reboot?: true;
}

/** Outcome of a write. */
export type WriteOutcome = 'Accepted' | 'RebootRequired' | 'Rejected' | 'NotSupported';

/** A table of settings, found by lower-cased name. */
export type SettingTable<S extends SettingSpec = SettingSpec> = ReadonlyMap<string, S>;

/** Builds the table that `Settings` reads. */
export function settingTable<S extends SettingSpec>(specs: readonly S[]): SettingTable<S> {
  return new Map(specs.map((spec) => [spec.name.toLowerCase(), spec]));
}

/** The settings of one charger: a shared table plus its own changes. */
export class Settings {
  readonly #table: SettingTable;
  readonly #own: Map<string, string> = new Map();

  constructor(table: SettingTable, own: Readonly<Record<string, string>>) {
    this.#table = table;
    for (const [name, value] of Object.entries(own)) this.#own.set(name.toLowerCase(), value);
  }

  /** The value, secrets included; undefined when there is no such setting. */
  read(name: string): string | undefined {
    const key = name.toLowerCase();
    return this.#own.get(key) ?? this.#table.get(key)?.initial;
  }

  /** The value as a whole number; `fallback` when there is no such setting or it is no number. */
  number(name: string | undefined, fallback: number): number {
    const text = name === undefined ? undefined : this.read(name);
    const value = text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : fallback;
  }

  /** True when the value reads `true`. */
  flag(name: string): boolean {
    return this.read(name)?.toLowerCase() === 'true';
  }

  /** The members of a comma list. */
  list(name: string): readonly string[] {
    return (this.read(name) ?? '').split(',').filter((member) => member !== '');
  }

  /** A write by the CSMS: checked against the table. */
  write(name: string, value: string): WriteOutcome {
    const spec = this.#table.get(name.toLowerCase());
    if (spec === undefined) return 'NotSupported';
    if (spec.access === 'R' || !fits(spec, value)) return 'Rejected';
    this.#own.set(name.toLowerCase(), value);
    return spec.reboot === true ? 'RebootRequired' : 'Accepted';
  }

  /** A change by the charger itself: no checks, read-only settings included. */
  put(name: string, value: string): void {
    this.#own.set(name.toLowerCase(), value);
  }
}

function fits(spec: SettingSpec, value: string): boolean {
  switch (spec.type) {
    case 'bool':
      return value.toLowerCase() === 'true' || value.toLowerCase() === 'false';
    case 'int': {
      const number = Number(value);
      return /^-?\d+$/.test(value) && number >= (spec.min ?? 0) && number <= (spec.max ?? 2_147_483_647);
    }
    case 'list':
      return (
        spec.members === undefined ||
        value.split(',').every((member) => member === '' || spec.members?.includes(member))
      );
    case 'text':
      return true;
  }
}
