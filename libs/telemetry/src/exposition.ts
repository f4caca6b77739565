/**
 * The text of all metrics, made a part at a time. All 600 series of an edge at once are 6 ms in which no charger is answered, and 77 ms
 * where its cores are busy (2026-11-28, docs/scaling.md); a scraper does not mind that one number is a few milliseconds older than another.
 */

import { atTurnEnd } from '@voltlane/time';
import { type OpenMetricsContentType, Registry } from 'prom-client';

/** Where metrics are registered, of either format. */
export type MetricRegistry = Registry | Registry<OpenMetricsContentType>;

/** Characters of text after which others have their turn: 0.3 ms. The largest metric, 250 series, is 2 ms. */
const SLICE_CHARS = 2_048;
const END_OF_OPEN_METRICS = '# EOF\n';

/** Registries of one service, and their text. */
export class Exposition {
  readonly contentType: string;
  readonly #service: string;
  readonly #openMetrics: boolean;
  readonly #parts: MetricRegistry[] = [];
  readonly #names = new Set<string>();

  constructor(service: string, openMetrics: boolean) {
    this.#service = service;
    this.#openMetrics = openMetrics;
    this.contentType = openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
  }

  /** A registry for one metric, or for several that are told together. A name is used once. */
  part(name: string): MetricRegistry {
    if (this.#names.has(name)) throw new TypeError(`there is a metric ${name} already`);
    this.#names.add(name);
    const part = this.#openMetrics ? openMetricsRegistry() : new Registry();
    part.setDefaultLabels({ service: this.#service });
    this.#parts.push(part);
    return part;
  }

  async text(): Promise<string> {
    const texts: string[] = [];
    let chars = 0;
    for (const part of this.#parts) {
      const text = await part.metrics();
      texts.push(this.#openMetrics ? text.slice(0, -END_OF_OPEN_METRICS.length) : text);
      chars += text.length;
      if (chars < SLICE_CHARS) continue;
      chars = 0;
      await new Promise<void>((resolve) => atTurnEnd(resolve));
    }
    // Blank lines between metrics are for readers; OpenMetrics forbids them.
    return this.#openMetrics ? `${texts.join('')}${END_OF_OPEN_METRICS}` : texts.join('\n');
  }
}

function openMetricsRegistry(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}
