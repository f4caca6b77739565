/** Metrics that a test can read: one number per name and label. */
import type { EdgeMetrics } from '../src/metrics.ts';

export interface CountingMetrics extends EdgeMetrics {
  /** `name` or `name:label`. */
  get(key: string): number;
  readonly all: ReadonlyMap<string, number>;
}

export const createCountingMetrics = (): CountingMetrics => {
  const all = new Map<string, number>();
  const add = (key: string, by = 1): void => {
    all.set(key, (all.get(key) ?? 0) + by);
  };
  return {
    all,
    get: (key) => all.get(key) ?? 0,
    handshake: (result) => add(`handshake:${result}`),
    received: (type) => add(`received:${type}`),
    sent: (type) => add(`sent:${type}`),
    callDone: (action, outcome) => add(`call:${action}:${outcome}`),
    count: (counter, label) => add(label === '' ? counter : `${counter}:${label}`),
    resent: () => add('resent'),
    noResponders: () => add('noResponders'),
    overloaded: () => add('overloaded'),
    downlink: (fate) => add(`downlink:${fate}`),
    cut: (reason) => add(`cut:${reason}`),
    replaced: () => add('replaced'),
    socketError: (code) => add(`socketError:${code}`),
    traceRefused: () => add('traceRefused'),
    traceReport: (fate) => add(`traceReport:${fate}`),
  };
};
