import type { BusStatus, KeyValue, KvChange, KvEntry } from '@voltlane/bus';
import { createFakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { RecordCache } from '../src/record-cache.ts';

/** A bucket whose reads come from a copy the test decides on, and whose watch says what the test says. */
function laggingBucket(): {
  cache: RecordCache<string>;
  answer: (entry: KvEntry | undefined) => void;
  report: (change: KvChange) => void;
  ready: () => void;
  status: (status: BusStatus) => void;
} {
  const reads: ((entry: KvEntry | undefined) => void)[] = [];
  let onChange: (change: KvChange) => void = () => {};
  let onReady: () => void = () => {};
  let onStatus: (status: BusStatus) => void = () => {};
  const never = (): never => {
    throw new Error('not used here');
  };
  const bucket: KeyValue = {
    get: () => new Promise((resolve) => reads.push(resolve)),
    put: never,
    update: never,
    delete: never,
    drop: never,
    keys: never,
    watch: (_filter, change, ready) => {
      onChange = change;
      onReady = ready ?? onReady;
      return Promise.resolve({ unsubscribe: () => {} });
    },
  };
  const cache = new RecordCache<string>({
    bus: {
      status: () => 'connected',
      onStatus: (listener) => {
        onStatus = listener;
        return { unsubscribe: () => {} };
      },
    },
    bucket,
    clock: createFakeClock(),
    decode: (value) => Buffer.from(value).toString(),
    entriesMax: 10,
    staleMsMax: 1000,
  });
  return {
    cache,
    answer: (entry) => reads.shift()?.(entry),
    report: (change) => onChange(change),
    ready: () => onReady(),
    status: (status) => onStatus(status),
  };
}

function entry(text: string, revision: number): KvEntry {
  return { key: 'k', value: Buffer.from(text), revision };
}

describe('the record cache', () => {
  it('serves the change when it came while an older value was being read', async () => {
    const { cache, answer, report, ready } = laggingBucket();
    await cache.start();
    ready();
    const reading = cache.get('k');
    report(entry('new', 2));
    answer(entry('old', 1));
    expect(await reading).toBe('new');
    expect(await cache.get('k')).toBe('new');
  });

  it('serves the change when a copy that lags behind is read long after it', async () => {
    const { cache, answer, report, ready } = laggingBucket();
    await cache.start();
    ready();
    report(entry('new', 2));
    const reading = cache.get('k');
    answer(entry('old', 1));
    expect(await reading).toBe('new');
  });

  it('knows of a deletion that the copy it reads has not seen', async () => {
    const { cache, answer, report, ready } = laggingBucket();
    await cache.start();
    ready();
    report({ key: 'k', value: undefined, revision: 3 });
    const reading = cache.get('k');
    answer(entry('old', 1));
    expect(await reading).toBeUndefined();
    report(entry('older still', 2));
    expect(await cache.get('k')).toBeUndefined();
  });

  it('does not let an old report replace a newer value', async () => {
    const { cache, answer, report, ready } = laggingBucket();
    await cache.start();
    ready();
    const reading = cache.get('k');
    answer(entry('new', 5));
    await reading;
    report(entry('old', 4));
    expect(await cache.get('k')).toBe('new');
  });

  it('does not let a read that began before a write of this process bring the old value back', async () => {
    const { cache, answer, ready } = laggingBucket();
    await cache.start();
    ready();
    const reading = cache.get('k');
    cache.wrote('k', 2, 'new');
    answer(entry('old', 1));
    expect(await reading).toBe('new');
    expect(await cache.get('k')).toBe('new');
  });

  it('does not let a read that began before a deletion fill the cache', async () => {
    const { cache, answer, ready } = laggingBucket();
    await cache.start();
    ready();
    const reading = cache.get('k');
    cache.deleted('k');
    answer(entry('old', 1));
    await reading;
    const again = cache.get('k');
    answer(undefined);
    expect(await again).toBeUndefined();
  });

  it('does not serve from the cache before the watch has caught up', async () => {
    const { cache, answer, ready } = laggingBucket();
    await cache.start();
    const first = cache.get('k');
    answer(entry('old', 1));
    expect(await first).toBe('old');
    const second = cache.get('k');
    answer(entry('new', 2));
    expect(await second).toBe('new');
    ready();
    expect(await cache.get('k')).toBe('new');
  });

  it('does not let a read from before a reconnect fill the cache', async () => {
    const { cache, answer, ready, status } = laggingBucket();
    await cache.start();
    ready();
    const reading = cache.get('k');
    status('disconnected');
    status('connected');
    answer(entry('old', 1));
    expect(await reading).toBe('old');
    const again = cache.get('k');
    answer(entry('new', 2));
    expect(await again).toBe('new');
  });
});
