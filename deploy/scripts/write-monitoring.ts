/** Part of `npm run docs`: writes docs/metrics.md, the rules and the dashboards. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readLiveMetrics } from '../src/live-metrics.ts';
import { readCatalogue } from '../src/metric-catalogue.ts';
import { monitoringFiles } from '../src/monitoring-files.ts';

const root = join(import.meta.dirname, '../..');
for (const [path, text] of monitoringFiles(readCatalogue(await readLiveMetrics()))) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`${path} written.`);
}
