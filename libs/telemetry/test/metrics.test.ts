import { atTurnEnd } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { createMetrics, SERIES_MAX } from '../src/metrics.ts';

describe('metrics', () => {
  it('shows a labelled counter from the start, at zero', async () => {
    const metrics = createMetrics('edge');
    metrics.counter({ name: 'frames_total', help: 'Frames.', labels: { kind: ['call', 'send'] } });
    const text = await metrics.expose();
    expect(text).toContain('voltlane_frames_total{kind="call",service="edge"} 0');
    expect(text).toContain('voltlane_frames_total{kind="other",service="edge"} 0');
  });

  it('counts a label value outside its closed list as other', async () => {
    const metrics = createMetrics('edge');
    const frames = metrics.counter({ name: 'frames_total', help: 'Frames.', labels: { kind: ['call'] } });
    frames.of({ kind: 'call' }).add();
    frames.of({ kind: 'CP-1' }).add(2);
    const text = await metrics.expose();
    expect(text).toContain('voltlane_frames_total{kind="call",service="edge"} 1');
    expect(text).toContain('voltlane_frames_total{kind="other",service="edge"} 2');
    expect(text).not.toContain('CP-1');
  });

  it('adds up what is counted between scrapes, and refuses to count backwards', async () => {
    const metrics = createMetrics('edge');
    const done = metrics.counter({ name: 'done_total', help: 'D.', labels: { a: ['1', '2'], b: ['x'] } });
    const child = done.of({ a: '2', b: 'x' });
    child.add();
    expect(await metrics.expose()).toContain('voltlane_done_total{a="2",b="x",service="edge"} 1');
    child.add(2);
    child.add(0.5);
    for (const wrong of [-1, Number.NaN]) expect(() => child.add(wrong)).toThrow(/a counter grows/);
    const text = await metrics.expose();
    expect(text).toContain('voltlane_done_total{a="2",b="x",service="edge"} 3.5');
    for (const other of ['a="1",b="x"', 'a="2",b="other"', 'a="other",b="x"'])
      expect(text).toContain(`voltlane_done_total{${other},service="edge"} 0`);
  });

  it('hands out the same child for the same labels', () => {
    const family = createMetrics('edge').gauge({ name: 'x', help: 'X.', labels: { a: ['1'], b: ['2'] } });
    expect(family.of({ a: '1', b: '2' })).toBe(family.of({ a: '1', b: '2' }));
    expect(family.of({ a: '1', b: '9' })).toBe(family.of({ a: '1', b: 'other' }));
  });

  it('reads numbers kept elsewhere at each scrape', async () => {
    const metrics = createMetrics('worker');
    let total = 3;
    metrics.readCounter({ name: 'done_total', help: 'Done.', read: () => total });
    metrics.readGauge({ name: 'waiting', help: 'Waiting.', read: () => total * 2 });
    await metrics.expose();
    total = 5;
    const text = await metrics.expose();
    expect(text).toContain('voltlane_done_total{service="worker"} 5');
    expect(text).toContain('voltlane_waiting{service="worker"} 10');
  });

  it('works without labels and with buckets', async () => {
    const metrics = createMetrics('edge');
    const seconds = metrics.histogram({ name: 'seconds', help: 'S.', buckets: [0.1, 1] }).of({});
    metrics.gauge({ name: 'level', help: 'L.' }).of({}).add(2);
    seconds.observe(0.5);
    const text = await metrics.expose();
    expect(text).toContain('voltlane_seconds_bucket{le="1",service="edge"} 1');
    expect(text).toContain('voltlane_level{service="edge"} 2');
  });

  it('shows a distribution as prom-client does, with exemplars or without', async () => {
    const textOf = async (exemplars: boolean): Promise<string[]> => {
      const metrics = createMetrics('edge', exemplars);
      const facts = { name: 'took_seconds', help: 'T.', buckets: [0.1, 1, 10], labels: { how: ['well', 'badly'] } };
      const took = metrics.histogram(facts);
      for (const value of [0, 0.1, 0.25, 1.5, 10, 11]) took.of({ how: 'well' }).observe(value);
      took.of({ how: 'neither' }).observe(-1);
      const lines = (await metrics.expose()).split('\n').filter((line) => line.includes('took_seconds'));
      // Labels are a set.
      return lines.map((line) => line.replace(/\{(.*)\}/, (_all, labels: string) => labels.split(',').sort().join()));
    };
    const tallied = await textOf(false);
    expect(tallied).toContain('voltlane_took_seconds_buckethow="well",le="1",service="edge" 3');
    expect(tallied).toHaveLength(2 + 3 * 6);
    expect(tallied).toEqual(await textOf(true));
  });

  it('refuses what is no value of a distribution', () => {
    const child = createMetrics('edge')
      .histogram({ name: 's', help: 'S.', buckets: [1] })
      .of({});
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => child.observe(wrong)).toThrow(RangeError);
  });

  it('lets others have their turn while it is put into words', async () => {
    const metrics = createMetrics('edge');
    let turn = 0;
    const readIn = new Map<number, number>();
    for (let at = 0; at < 200; at += 1) {
      const read = (): number => readIn.set(turn, (readIn.get(turn) ?? 0) + 1).get(turn) ?? 0;
      metrics.readGauge({ name: `level_${at}`, help: 'One of many levels.', read });
    }
    let isOver = false;
    const count = (): void => {
      turn += 1;
      if (!isOver) atTurnEnd(count);
    };
    atTurnEnd(count);
    const text = await metrics.expose();
    isOver = true;
    expect([...readIn.values()].reduce((sum, reads) => sum + reads)).toBe(200);
    expect(Math.max(...readIn.values())).toBeLessThan(40);
    expect(text.split('\n').filter((line) => line.startsWith('voltlane_level_'))).toHaveLength(200);
  });

  it('takes a name once', () => {
    const metrics = createMetrics('edge');
    metrics.counter({ name: 'done_total', help: 'D.' });
    expect(() => metrics.readCounter({ name: 'done_total', help: 'D.', read: () => 1 })).toThrow(/voltlane_done_total/);
  });

  it('has event-loop lag and stays far below the series budget by itself', async () => {
    const metrics = createMetrics('edge');
    const text = await metrics.expose();
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    // They walk over every handle, and an edge has tens of thousands.
    expect(text).not.toContain('nodejs_active_');
    expect(await metrics.seriesCount()).toBeGreaterThan(20);
    expect(await metrics.seriesCount()).toBeLessThan(SERIES_MAX / 10);
  });

  it('says what the use of memory is to be judged by', async () => {
    const text = await createMetrics('edge').expose();
    const value = (name: string): number => Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('voltlane_memory_limit_bytes')).toBeGreaterThan(value('process_resident_memory_bytes'));
    expect(value('voltlane_memory_limit_bytes')).toBeLessThan(2 ** 50);
    expect(value('voltlane_heap_limit_bytes')).toBeGreaterThan(value('nodejs_heap_size_used_bytes'));
  });

  it('keeps the registries of two services apart', async () => {
    const edge = createMetrics('edge');
    edge.counter({ name: 'only_edge_total', help: 'E.' });
    expect(await createMetrics('worker').expose()).not.toContain('only_edge');
  });

  it('names the trace of a latency where exemplars are on, as OpenMetrics', async () => {
    const metrics = createMetrics('edge', true);
    const seconds = metrics.histogram({ name: 'seconds', help: 'S.', buckets: [0.1, 1] }).of({});
    metrics.counter({ name: 'done_total', help: 'D.' }).of({}).add();
    seconds.observe(0.5, '4bf92f3577b34da6a3ce929d0e0e4736');
    seconds.observe(0.6);
    const text = await metrics.expose();
    expect(text).toMatch(
      /^voltlane_seconds_bucket\{le="1",service="edge"\} 2 # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} 0\.5 [\d.]+$/m,
    );
    expect(text).toContain('voltlane_done_total{service="edge"} 1');
    expect(metrics.contentType).toMatch(/^application\/openmetrics-text/);
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  it('has no exemplars and the older format otherwise', async () => {
    const metrics = createMetrics('edge');
    metrics
      .histogram({ name: 'seconds', help: 'S.', buckets: [1] })
      .of({})
      .observe(0.5, 'a'.repeat(32));
    expect(await metrics.expose()).not.toContain('trace_id');
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });
});
