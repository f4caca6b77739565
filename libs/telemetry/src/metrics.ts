/**
 * Metrics of one service: the only door to prom-client. Each service has its own registry; nothing is global.
 *
 * Label values are closed lists known when the metric is made: a value outside its list counts as `other`, so no charger,
 * message id or address can ever become a series. All children exist from the start (zero is a value, absence is not) and
 * are bound once, so the hot path only calls `add`.
 */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Histogram } from 'prom-client';
import { Exposition, type MetricRegistry } from './exposition.ts';
import { TalliedHistogram } from './tallied-histogram.ts';

/**
 * Defaults that walk over every handle or descriptor of the process at each scrape; an edge has one for each charger (7 % of an idle one's
 * CPU, and a standstill of 130 ms with 13,000 sockets). Open descriptors are counted by `reportDescriptors`.
 */
const WALKS = [
  'process_open_fds',
  ...['handles', 'requests', 'resources'].flatMap((what) => [`nodejs_active_${what}`, `nodejs_active_${what}_total`]),
];

const DESCRIPTORS = '/proc/self/fd';

/** Label names with every value each may have. */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** One value per label; values outside the closed list count as `other`. */
export type LabelValues<L extends Labels> = { readonly [K in keyof L]: string };

/** A count that only grows. */
export interface CounterChild {
  add(amount?: number): void;
}

/** A level. */
export interface GaugeChild {
  set(value: number): void;
  add(amount: number): void;
}

/** A distribution. */
export interface HistogramChild {
  /** `traceId` of a recorded trace becomes the exemplar of its bucket, where exemplars are on. */
  observe(value: number, traceId?: string): void;
}

/** A metric with labels: `of` finds the child, bound in advance. */
export interface Family<L extends Labels, Child> {
  of(values: LabelValues<L>): Child;
}

/** What every metric is declared with. Names follow Prometheus: base units, `_total` on counters. */
export interface MetricFacts<L extends Labels> {
  readonly name: string;
  readonly help: string;
  readonly labels?: L;
}

/** A histogram also says where its buckets end. */
export interface HistogramFacts<L extends Labels> extends MetricFacts<L> {
  readonly buckets: readonly number[];
}

/** A metric whose number is kept elsewhere and read at each scrape. */
export interface ReadFacts {
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

/** Factory and exposition. */
export interface Metrics {
  counter<const L extends Labels = Record<never, never>>(facts: MetricFacts<L>): Family<L, CounterChild>;
  gauge<const L extends Labels = Record<never, never>>(facts: MetricFacts<L>): Family<L, GaugeChild>;
  histogram<const L extends Labels = Record<never, never>>(facts: HistogramFacts<L>): Family<L, HistogramChild>;
  /** A level kept by its owner (queue length, sessions). */
  readGauge(facts: ReadFacts): void;
  /** A count kept by its owner; must never shrink. */
  readCounter(facts: ReadFacts): void;
  /** Text of all metrics in the Prometheus format. */
  expose(): Promise<string>;
  readonly contentType: string;
  /** Number of series; tests hold it under the budget. */
  seriesCount(): Promise<number>;
}

/** Most series one process may have (targets.md row 18: scrapes of 13,800 series stalled the loop for 61 ms). */
export const SERIES_MAX = 1_500;

/** Label value for everything outside a closed list. */
export const OTHER = 'other';

interface NamedFacts {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: MetricRegistry[];
}

/**
 * Makes the metrics of one service; every name gets the prefix `voltlane_`, every series the label `service`. With `exemplars`, which
 * go with traces, the text is OpenMetrics: the older format has no place for them.
 */
export function createMetrics(service: string, exemplars: boolean = false): Metrics {
  const exposition = new Exposition(service, exemplars);
  const ofProcess = exposition.part('process');
  // Wakes the process as often; its default of 10 ms takes more of an idle one than everything else.
  collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: 50 });
  for (const name of WALKS) ofProcess.removeSingleMetric(name);
  reportDescriptors(ofProcess);
  const named = <L extends Labels>(facts: MetricFacts<L>): NamedFacts => {
    const name = `voltlane_${facts.name}`;
    const labelNames = Object.keys(facts.labels ?? {});
    return { name, help: facts.help, labelNames, registers: [exposition.part(name)] };
  };
  const made: Metrics = {
    counter(facts) {
      const children: Tally[] = [];
      const collect = (): void => {
        for (const child of children) child.tell();
      };
      const counter = new Counter({ ...named(facts), collect });
      return family(facts.labels, (values) => {
        const child = new Tally(counter.labels(values));
        children.push(child);
        return child;
      });
    },
    gauge(facts) {
      const gauge = new Gauge(named(facts));
      return family(facts.labels, (values) => {
        const child = gauge.labels(values);
        child.set(0);
        return { set: (value) => child.set(value), add: (amount) => child.inc(amount) };
      });
    },
    histogram(facts) {
      const known = { ...named(facts), buckets: [...facts.buckets] };
      if (!exemplars) {
        const tallied = new TalliedHistogram(known);
        return family(facts.labels, (values) => tallied.child(values));
      }
      const histogram = new Histogram({ ...known, enableExemplars: true });
      return family(facts.labels, (values) => {
        histogram.zero(values);
        const child = histogram.labels(values);
        return {
          observe(value, traceId) {
            if (traceId === undefined) child.observe(value);
            else histogram.observe({ labels: values, value, exemplarLabels: { trace_id: traceId } });
          },
        };
      });
    },
    readGauge({ read, ...facts }) {
      const gauge: Gauge = new Gauge({ ...named(facts), collect: () => gauge.set(read()) });
    },
    readCounter({ read, ...facts }) {
      let seen = 0;
      const counter: Counter = new Counter({
        ...named(facts),
        collect: () => {
          const now = read();
          if (now > seen) counter.inc(now - seen);
          seen = Math.max(seen, now);
        },
      });
    },
    expose: () => exposition.text(),
    contentType: exposition.contentType,
    async seriesCount() {
      const exposed = await exposition.text();
      return exposed.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    },
  };
  reportMemoryLimits(made);
  return made;
}

/** A count of our own between two scrapes: one addition for each call, and prom-client is told the sum. */
class Tally implements CounterChild {
  readonly #told: Counter.Internal;
  #since = 0;

  constructor(told: Counter.Internal) {
    this.#told = told;
    told.inc(0);
  }

  add(amount: number = 1): void {
    if (!(amount >= 0)) throw new RangeError(`a counter grows, it cannot change by ${amount}`);
    this.#since += amount;
  }

  tell(): void {
    if (this.#since === 0) return;
    this.#told.inc(this.#since);
    this.#since = 0;
  }
}

/** Under the name every Prometheus knows, without looking at each: since Linux 6.2 the size of the folder is their number. */
function reportDescriptors(registry: MetricRegistry): void {
  if (!existsSync(DESCRIPTORS)) return;
  const gauge: Gauge = new Gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    registers: [registry],
    collect: () => gauge.set(statSync(DESCRIPTORS).size || readdirSync(DESCRIPTORS).length),
  });
}

/** What use of memory is judged by. The size of the process and of its heap are among the metrics every process has. */
function reportMemoryLimits(metrics: Pick<Metrics, 'readGauge'>): void {
  const containerBytes = constrainedMemory();
  // 0 where nothing is known, and a number beyond every machine where a container has no limit.
  const memoryBytes = containerBytes > 0 ? Math.min(containerBytes, totalmem()) : totalmem();
  metrics.readGauge({
    name: 'memory_limit_bytes',
    help: 'Memory this process may use: of its container, else of the machine.',
    read: () => memoryBytes,
  });
  const heapBytes = getHeapStatistics().heap_size_limit;
  metrics.readGauge({
    name: 'heap_limit_bytes',
    help: 'Size of the JavaScript heap beyond which this process ends.',
    read: () => heapBytes,
  });
}

/** Children stand in a row, in the order of `product`; the place of one is counted from the places of its values. */
function family<L extends Labels, Child>(
  labels: L | undefined,
  make: (values: Record<string, string>) => Child,
): Family<L, Child> {
  const names = Object.keys(labels ?? {});
  const closed = names.map((name) => new Set([...(labels?.[name] ?? []), OTHER]));
  const children = product(closed).map((values) =>
    make(Object.fromEntries(names.map((name, i) => [name, values[i] ?? OTHER]))),
  );
  const places = closed.map((values, i) => ({
    name: names[i] ?? '',
    of: new Map([...values].map((value, place) => [value, place])),
    other: [...values].indexOf(OTHER),
  }));
  return {
    of(values): Child {
      let at = 0;
      for (const { name, of, other } of places) at = at * of.size + (of.get(values[name] ?? OTHER) ?? other);
      const child = children[at];
      if (child === undefined) throw new TypeError(`no child at ${at} of ${children.length}`);
      return child;
    },
  };
}

function product(lists: readonly ReadonlySet<string>[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (rows, list) => rows.flatMap((row) => [...list].map((value) => [...row, value])),
    [[]],
  );
}
