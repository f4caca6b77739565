/** docs/metrics.md: every metric of every process, and every series Prometheus makes of them. Pure. */
import type { Catalogue, Metric } from './metric-catalogue.ts';
import { RECORDINGS } from './prometheus/recordings.ts';

const HEAD = `# Metrics

Written by \`npm run docs\` from what the processes show; a test holds it to that. Each process serves \`/metrics\` in the Prometheus text format.
Every series has the label \`service\` (\`edge\`, \`worker\`, \`api\`), also where all run in one process. All series of ours exist from the
start: zero is a value, absence is none. Labels have closed lists of values and never name a charger, a transaction, a message or an
address; what is in no list counts as \`other\`. Which rules and dashboards use them: [deploy](../deploy/README.md).
`;

/** Values shown in full. */
const VALUES_SHOWN_MAX = 16;

const SECTIONS: readonly (readonly [title: string, holds: (metric: Metric) => boolean])[] = [
  ['Of every process', ({ name, services }) => name.startsWith('voltlane_') && services.length > 1],
  ['Edge', ({ name }) => name.startsWith('voltlane_edge_')],
  ['Worker', ({ name }) => name.startsWith('voltlane_worker_')],
  ['Api', ({ name }) => name.startsWith('voltlane_api_')],
];

/** The page. */
export function metricsPage(catalogue: Catalogue): string {
  const metrics = [...catalogue.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const own = SECTIONS.map(([title, holds]) => `## ${title}\n\n${table(metrics.filter(holds))}`);
  return `${[HEAD, ...own, nodeSection(metrics), recordedSection()].join('\n')}`;
}

function table(metrics: readonly Metric[]): string {
  const rows = metrics.map(
    ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labelsOf(labels)} | ${help} |`,
  );
  return `| name | type | labels | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function labelsOf(labels: Metric['labels']): string {
  return [...labels]
    .map(([label, values]) => {
      const known = [...values].filter((value) => value !== 'other');
      return known.length > VALUES_SHOWN_MAX
        ? `\`${label}\`: ${known.length} values`
        : `\`${label}\`: ${known.join(', ')}`;
    })
    .join('; ');
}

/** Labels are left out: some of them come with the first collection of garbage. */
function nodeSection(metrics: readonly Metric[]): string {
  const rows = metrics
    .filter(({ name }) => !name.startsWith('voltlane_'))
    .map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`);
  return `## Node and the process\n\n| name | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function recordedSection(): string {
  const rows = RECORDINGS.flatMap(({ rules }) => rules).map(
    ({ record, doc }) => `| \`${record}\` | ${doc.replace(/\.$/, '')}. |`,
  );
  return `## Recorded by Prometheus\n\n| series | meaning |\n|---|---|\n${rows.join('\n')}\n`;
}
