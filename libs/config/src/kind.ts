/** What an option can hold: how its text is read, what is allowed, how it is shown. Pure. */

/** Outcome of reading one text. `problem` completes the sentence "<name> is <value>; …". */
export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'problem'; readonly problem: string };

/** A kind of option value. `read` and `show` are inverse to each other. */
export interface OptionKind<T> {
  /** What is allowed, as it completes "must be …". */
  readonly allowed: string;
  read(text: string): Reading<T>;
  show(value: T): string;
}

/** Whole number from `min` to `max`. The unit is the last word of the option's name. */
export function integer(min: number, max: number, noun: string = 'a whole number'): OptionKind<number> {
  const allowed = `${noun} from ${min} to ${max}`;
  return {
    allowed,
    read(text): Reading<number> {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? { kind: 'value', value } : mustBe(allowed);
    },
    show: String,
  };
}

/** Part of a whole, from 0 (none) to 1 (all). */
export const share: OptionKind<number> = {
  allowed: 'a number from 0 to 1',
  read(text): Reading<number> {
    const value = /^(0|1|0?\.\d{1,12}|1\.0{1,12})$/.test(text) ? Number(text) : Number.NaN;
    return value >= 0 && value <= 1 ? { kind: 'value', value } : mustBe('a number from 0 to 1');
  },
  show: String,
};

/** TCP port; 0 lets the system choose one. */
export const port: OptionKind<number> = integer(0, 65_535, 'a port');

/** Text that matches `pattern`; `allowed` says it in words. */
export function text(pattern: RegExp, allowed: string): OptionKind<string> {
  return {
    allowed,
    read: (value) => (pattern.test(value) ? { kind: 'value', value } : mustBe(allowed)),
    show: (value) => value,
  };
}

/** One of a closed list of words. */
export function oneOf<const T extends string>(words: readonly T[]): OptionKind<T> {
  const allowed = `one of ${words.join(', ')}`;
  return {
    allowed,
    read(text): Reading<T> {
      const value = words.find((word) => word === text);
      return value === undefined ? mustBe(allowed) : { kind: 'value', value };
    },
    show: (value) => value,
  };
}

/** `true` or `false`. */
export const bool: OptionKind<boolean> = {
  allowed: 'true or false',
  read(text): Reading<boolean> {
    if (text === 'true') return { kind: 'value', value: true };
    if (text === 'false') return { kind: 'value', value: false };
    return mustBe('true or false');
  },
  show: String,
};

/** One URL with one of `protocols` (such as `https:`) and a host, without credentials. */
export function oneUrl(protocols: readonly string[]): OptionKind<string> {
  const one = urlList(protocols);
  const allowed = `a URL (${protocols.map((p) => `${p}//host:port/path`).join(', ')})`;
  return {
    allowed,
    read(text): Reading<string> {
      const reading = one.read(text);
      if (reading.kind === 'problem') return URL.canParse(text) ? reading : mustBe(allowed);
      return reading.value.length === 1 ? { kind: 'value', value: text.trim() } : mustBe(allowed);
    },
    show: (value) => value,
  };
}

/** Comma-separated URLs with one of `protocols` (such as `nats:`) and a host. */
export function urlList(protocols: readonly string[]): OptionKind<readonly string[]> {
  const allowed = `one or more URLs (${protocols.map((p) => `${p}//host:port`).join(', ')}), separated by commas`;
  return {
    allowed,
    read(text): Reading<readonly string[]> {
      const urls = text.split(',').map((part) => part.trim());
      for (const url of urls) {
        const parsed = URL.parse(url);
        if (parsed === null || !protocols.includes(parsed.protocol) || parsed.hostname === '') return mustBe(allowed);
        if (parsed.username !== '' || parsed.password !== '')
          return {
            kind: 'problem',
            problem: 'credentials do not belong in a URL; use the user, password or token option',
          };
      }
      return { kind: 'value', value: urls };
    },
    show: (value) => value.join(','),
  };
}

/** The same kind, for an option that may be left out altogether. */
export function optional<T>(kind: OptionKind<T>): OptionKind<T | undefined> {
  return {
    allowed: kind.allowed,
    read: (text) => kind.read(text),
    show: (value) => (value === undefined ? '' : kind.show(value)),
  };
}

function mustBe(allowed: string): { readonly kind: 'problem'; readonly problem: string } {
  return { kind: 'problem', problem: `must be ${allowed}` };
}
