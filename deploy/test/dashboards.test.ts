/** What Grafana wants of a file it imports, as far as can be seen without one. What the queries ask for: metric-use.int.test.ts. */
import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../src/grafana/dashboards.ts';

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly datasource: { readonly uid: string } }[];
}

interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly PanelJson[];
}

const COLUMNS = 24;
const dashboards = [...dashboardFiles().values()].map((text): DashboardJson => JSON.parse(text));

/** Cells of the grid a panel covers. */
function cells({ gridPos: { x, y, w, h } }: PanelJson): string[] {
  const rows = Array.from({ length: h }, (_, row) => y + row);
  return rows.flatMap((row) => Array.from({ length: w }, (_, column) => `${x + column},${row}`));
}

describe('the dashboards', () => {
  it('are those of fleet, services, NATS and one charger, each under an address of its own', () => {
    const uids = ['fleet', 'edge', 'worker', 'api', 'nats', 'charger'].map((name) => `voltlane-${name}`);
    expect(dashboards.map(({ uid }) => uid)).toEqual(uids);
    expect(new Set(dashboards.map(({ title }) => title)).size).toBe(uids.length);
  });
});

describe.each(dashboards)('$title', ({ templating, panels }) => {
  it('has panels that lie beside each other, within the width', () => {
    const covered = panels.flatMap(cells);
    expect(new Set(covered).size).toBe(covered.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(COLUMNS);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it('asks for its data sources at the top and names none', () => {
    const sources = templating.list.filter(({ type }) => type === 'datasource').map(({ name }) => `\${${name}}`);
    expect(sources).toContain('${datasource}');
    const used = panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource === undefined ? [] : [datasource.uid]),
      ...targets.map((target) => target.datasource.uid),
    ]);
    expect(used.filter((uid) => !sources.includes(uid))).toEqual([]);
    for (const { targets = [], title } of panels) {
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
    }
  });
});
