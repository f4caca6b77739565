/** Turns a dashboard into the JSON Grafana imports (10 and later): panels are laid out from left to right, row by row. Pure. */
import type { Dashboard, Panel } from './panel.ts';

const COLUMNS = 24;
const HEIGHTS: Readonly<Record<Panel['kind'], number>> = { timeseries: 8, stat: 4, text: 9, logs: 14 };
const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' };
const LOKI = { type: 'loki', uid: '${logs}' };
/** Version of the dashboard format that Grafana 10.0 writes; later ones read it. */
const SCHEMA_VERSION = 38;

/** The JSON of a dashboard. */
export function dashboardJson(dashboard: Dashboard): string {
  const { uid, title } = dashboard;
  return `${JSON.stringify(
    {
      uid,
      title,
      tags: ['voltlane'],
      description: 'Written by `npm run docs` from deploy/src/grafana; change it there.',
      schemaVersion: SCHEMA_VERSION,
      version: 1,
      editable: true,
      graphTooltip: 1,
      refresh: '30s',
      time: { from: 'now-3h', to: 'now' },
      timezone: '',
      links: [
        {
          type: 'dashboards',
          title: 'Voltlane',
          tags: ['voltlane'],
          asDropdown: true,
          includeVars: true,
          keepTime: true,
        },
      ],
      templating: { list: variables(dashboard) },
      panels: panels(dashboard),
    },
    null,
    1,
  )}\n`;
}

function variables({ logs, variables: texts = [] }: Dashboard): readonly object[] {
  const source = (name: string, label: string, query: string): object => ({
    name,
    label,
    type: 'datasource',
    query,
    hide: 0,
  });
  const query = 'label_values(voltlane_bus_connected, namespace)';
  return [
    source('datasource', 'Prometheus', 'prometheus'),
    ...(logs === true ? [source('logs', 'Loki', 'loki')] : []),
    {
      name: 'namespace',
      label: 'Installation',
      type: 'query',
      datasource: PROMETHEUS,
      definition: query,
      query: { query, refId: 'namespace' },
      refresh: 2,
      sort: 1,
      multi: true,
      includeAll: true,
      allValue: '.*',
      current: { text: 'All', value: '$__all' },
    },
    ...texts.map(({ name, label, value }) => ({
      name,
      label,
      type: 'textbox',
      query: value,
      current: { text: value, value },
    })),
  ];
}

function panels({ rows }: Dashboard): readonly object[] {
  const made: object[] = [];
  let y = 0;
  for (const { title, panels: inRow } of rows) {
    made.push({
      id: made.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of inRow) {
      if (x + panel.width > COLUMNS) {
        y += height;
        x = 0;
        height = 0;
      }
      const h = HEIGHTS[panel.kind];
      made.push({ id: made.length + 1, title: panel.title, gridPos: { x, y, w: panel.width, h }, ...bodyOf(panel) });
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return made;
}

function bodyOf(panel: Panel): object {
  switch (panel.kind) {
    case 'text':
      return { type: 'text', options: { mode: 'markdown', content: panel.markdown } };
    case 'logs':
      return {
        type: 'logs',
        datasource: LOKI,
        targets: [{ refId: 'A', datasource: LOKI, expr: panel.query }],
        options: { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: 'Descending' },
      };
    case 'stat':
    case 'timeseries':
      return {
        type: panel.kind,
        ...(panel.doc === undefined ? {} : { description: panel.doc }),
        datasource: PROMETHEUS,
        targets: panel.queries.map(({ expr, legend }, index) => ({
          refId: String.fromCharCode('A'.charCodeAt(0) + index),
          datasource: PROMETHEUS,
          expr,
          legendFormat: legend,
        })),
        fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
        options:
          panel.kind === 'stat'
            ? { colorMode: 'none', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } }
            : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
      };
    default:
      return panel satisfies never;
  }
}
