/**
 * `--assert "p99<25ms,lost=0"`: which figures a run must reach. Pure.
 *
 *     assertions = assertion *( "," assertion )
 *     assertion  = figure ( "<" | "<=" | ">" | ">=" | "=" ) number [ unit ]
 */

/** A figure that can be asserted, the unit it is kept in, and what it means. */
export interface FigureFacts {
  readonly unit: '' | 'ms' | 's' | 'us' | 'bytes' | '%';
  readonly what: string;
}

/** Name of a figure. */
export type FigureName =
  | 'p50'
  | 'p90'
  | 'p99'
  | 'p999'
  | 'max'
  | 'disturbedP99'
  | 'calls'
  | 'callsPerSecond'
  | 'connectsPerSecond'
  | 'lost'
  | 'doubled'
  | 'reordered'
  | 'mismatched'
  | 'errors'
  | 'wrong'
  | 'timeouts'
  | 'closes'
  | 'skipped'
  | 'memory'
  | 'edgeBytes'
  | 'cpuPerCall'
  | 'loopStall'
  | 'idle'
  | 'stolen'
  | 'quietSeconds'
  | 'quietP50'
  | 'quietP99'
  | 'servedS'
  | 'commandP99';

/** The figures by name. Those of a scenario of its own are absent in other runs, and asserting one of them then fails. */
export const FIGURES: Readonly<Record<FigureName, FigureFacts>> = {
  p50: { unit: 'ms', what: 'median latency of calls, from the intended send time' },
  p90: { unit: 'ms', what: '90th percentile' },
  p99: { unit: 'ms', what: '99th percentile' },
  p999: { unit: 'ms', what: '99.9th percentile' },
  max: { unit: 'ms', what: 'slowest call' },
  disturbedP99: { unit: 'ms', what: '99th percentile of calls interrupted by a lost connection, or due without one' },
  calls: { unit: '', what: 'calls answered' },
  callsPerSecond: { unit: '', what: 'calls answered per second' },
  connectsPerSecond: { unit: '', what: 'chargers connected, booted and served per second of the ramp' },
  lost: { unit: '', what: 'answered calls and commands that are missing' },
  doubled: { unit: '', what: 'calls and commands that took effect twice' },
  reordered: { unit: '', what: 'calls out of order' },
  mismatched: { unit: '', what: 'records with other content than the charger believes, and records nobody made' },
  errors: { unit: '', what: 'CALLERRORs' },
  wrong: { unit: '', what: 'answers that are none: wrong id, type or content' },
  timeouts: { unit: '', what: 'calls without an answer for 60 s' },
  closes: { unit: '', what: 'connections closed that no scenario meant to close' },
  skipped: { unit: '', what: 'calls not sent because the charger still waited for the same call' },
  memory: { unit: 'bytes', what: 'highest resident memory of edges, workers and nats-server together' },
  edgeBytes: { unit: 'bytes', what: 'resident memory of the edges per connection, what an idle edge takes subtracted' },
  cpuPerCall: { unit: 'us', what: 'CPU of edges, workers and nats-server per answered call' },
  loopStall: { unit: 'ms', what: 'longest stall of an event loop of an edge or worker' },
  idle: { unit: '%', what: 'processor time of the whole machine that nobody used' },
  stolen: { unit: '%', what: 'processor time of the whole machine that its host gave to others (steal)' },
  quietSeconds: { unit: 's', what: 'seconds in which it gave less than 1 %' },
  quietP50: { unit: 'ms', what: 'median latency of the calls answered in these' },
  quietP99: { unit: 'ms', what: '99th percentile of the calls answered in these' },
  servedS: { unit: 's', what: 'storm: time until every charger was served again' },
  commandP99: { unit: 'ms', what: '99th percentile of commands, from the intended send time' },
};

/** Figures of a run, each in its own unit. */
export type Figures = Partial<Record<FigureName, number>>;

/** One assertion. */
export interface Assertion {
  readonly text: string;
  readonly figure: FigureName;
  readonly operator: '<' | '<=' | '>' | '>=' | '=';
  /** In the figure's unit. */
  readonly bound: number;
}

/** An assertion and how it came out; `actual` is undefined when the run has no such figure. */
export interface AssertionResult {
  readonly text: string;
  readonly actual: number | undefined;
  readonly holds: boolean;
}

/** Always asserted: a run that is fast and wrong is wrong. */
export const ALWAYS = 'lost=0,doubled=0,reordered=0,mismatched=0,wrong=0';

/** Factors to the figure's own unit. */
const UNITS: Readonly<Record<FigureFacts['unit'], Readonly<Record<string, number>>>> = {
  '': {},
  ms: { us: 0.001, ms: 1, s: 1_000 },
  s: { ms: 0.001, s: 1, min: 60 },
  us: { us: 1, ms: 1_000 },
  '%': { '%': 1 },
  bytes: { B: 1, KB: 1_000, MB: 1e6, GB: 1e9, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 },
};

const ASSERTION = /^\s*([A-Za-z0-9]+)\s*(<=|>=|<|>|=)\s*([0-9.]+(?:e[0-9]+)?)\s*([A-Za-z%]*)\s*$/;

/** Reads the text; a string says what is wrong with it. */
export function parseAssertions(text: string): readonly Assertion[] | string {
  const assertions: Assertion[] = [];
  for (const part of text.split(',')) {
    const [, name = '', operator = '', digits = '', unit = ''] = ASSERTION.exec(part) ?? [];
    if (name === '') return `"${part.trim()}" is not like p99<25ms or lost=0`;
    if (!isFigure(name)) return `there is no figure ${name}; there are ${Object.keys(FIGURES).join(', ')}`;
    const units = UNITS[FIGURES[name].unit];
    const factor = unit === '' ? 1 : units[unit];
    if (factor === undefined) return `${name} has no unit ${unit}; it has ${Object.keys(units).join(', ') || 'none'}`;
    const amount = Number(digits);
    if (!Number.isFinite(amount) || !isOperator(operator)) return `${digits} in "${part.trim()}" is not a number`;
    assertions.push({ text: part.trim(), figure: name, operator, bound: amount * factor });
  }
  return assertions;
}

/** Holds figures against assertions. */
export function checkAssertions(figures: Figures, assertions: readonly Assertion[]): readonly AssertionResult[] {
  return assertions.map(({ text, figure, operator, bound }) => {
    const actual = figures[figure];
    return { text, actual, holds: actual !== undefined && compare(actual, operator, bound) };
  });
}

function compare(actual: number, operator: Assertion['operator'], bound: number): boolean {
  switch (operator) {
    case '<':
      return actual < bound;
    case '<=':
      return actual <= bound;
    case '>':
      return actual > bound;
    case '>=':
      return actual >= bound;
    case '=':
      return actual === bound;
  }
}

function isFigure(name: string): name is FigureName {
  return Object.hasOwn(FIGURES, name);
}

function isOperator(text: string): text is Assertion['operator'] {
  return text === '<' || text === '<=' || text === '>' || text === '>=' || text === '=';
}
