/**
 * A histogram that is counted in plain lists, one for each set of labels, and put into words at a scrape. prom-client's own checks and looks up
 * the labels at each observation: 1.2 µs, a fiftieth of what an edge does for a call.
 */
import { Histogram } from 'prom-client';
import type { HistogramChild } from './metrics.ts';

type Shown = Awaited<ReturnType<Histogram['get']>>;
type Values = Shown['values'];

/** See the head of this file. Observations are made on its children only. */
export class TalliedHistogram extends Histogram {
  readonly #children: BucketTally[] = [];
  readonly #facts: Pick<ConstructorParameters<typeof Histogram>[0], 'name' | 'help'>;
  readonly #bounds: readonly number[];

  /** `buckets`: upper bounds, ascending. */
  constructor(facts: ConstructorParameters<typeof Histogram>[0] & { readonly buckets: number[] }) {
    super(facts);
    this.#facts = facts;
    this.#bounds = facts.buckets;
  }

  /** The distribution of one set of labels, with nothing in it. */
  child(labels: Readonly<Record<string, string>>): HistogramChild {
    const child = new BucketTally(labels, this.#bounds);
    this.#children.push(child);
    return child;
  }

  override get(): Promise<Shown> {
    const { name, help } = this.#facts;
    const values = this.#children.flatMap((child) => child.series(name));
    // The types call the type a number; it is the word.
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values } as unknown as Shown);
  }

  /** What the registry asks for where a metric has it; prom-client's own would not see the children. */
  getForPromString(): Promise<Shown> {
    return this.get();
  }
}

/** How many observations fell into which bucket. */
class BucketTally implements HistogramChild {
  readonly #labels: Readonly<Record<string, string>>;
  readonly #bounds: readonly number[];
  /** One more than bounds: the last is what is above them all. */
  readonly #counts: number[];
  #sum = 0;

  constructor(labels: Readonly<Record<string, string>>, bounds: readonly number[]) {
    this.#labels = labels;
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`a histogram cannot take ${value}`);
    let at = 0;
    while (value > (this.#bounds[at] ?? Number.POSITIVE_INFINITY)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  series(name: string): Values {
    let count = 0;
    const values: Values = this.#counts.map((here, at) => {
      count += here;
      return {
        metricName: `${name}_bucket`,
        labels: { le: this.#bounds[at] ?? '+Inf', ...this.#labels },
        value: count,
      };
    });
    values.push({ metricName: `${name}_sum`, labels: this.#labels, value: this.#sum });
    values.push({ metricName: `${name}_count`, labels: this.#labels, value: count });
    return values;
  }
}
