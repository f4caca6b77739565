/** One option as data. A group of options is an interface (for readers and the compiler) and one `Option` per field. */
import type { OptionKind } from './kind.ts';
import type { SharedOptions } from './options/shared.ts';

/** Everything known about one option except its name, which is the field it stands under. */
export type Option<T> = OptionFacts<T> &
  (
    | { readonly default: T; readonly defaultFrom?: never; readonly defaultDoc?: string }
    | { readonly default?: never; readonly defaultFrom: DefaultFrom<T>; readonly defaultDoc: string }
  );

/** Computes a default from the shared options declared above this one. */
export type DefaultFrom<T> = (earlier: Partial<SharedOptions>) => T;

interface OptionFacts<T> {
  readonly kind: OptionKind<T>;
  /** One or two sentences: what it does and what happens at the bound. */
  readonly doc: string;
  /** Never printed; may also come from a file named by `<NAME>_FILE`. */
  readonly secret?: boolean;
}

/** A group: one option per field of its interface. */
export type OptionGroup<T> = { readonly [K in keyof T]-?: Option<T[K]> };

/** What all names in the environment begin with. */
export const ENV_PREFIX = 'VOLTLANE_';

/** Environment name of an option: `ocppPort` → `VOLTLANE_OCPP_PORT`. */
export function envName(field: string): string {
  return ENV_PREFIX + field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
