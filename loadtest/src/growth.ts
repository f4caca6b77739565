/** `npm run loadtest:growth`: the reports of runs of different sizes as one table and one picture. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { growthRows, growthSvg, growthTable } from './growth-chart.ts';
import type { LoadReport } from './report.ts';

function reportAt(path: string): LoadReport {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LoadReport;
  } catch (error) {
    throw new Error(`${path} is no report of a load test: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const program = new Command('loadtest:growth')
  .description('Draws how cost grows with the fleet, from the report.json of each run.')
  .argument('<reports...>', 'report.json of runs of different sizes')
  .option('--out <file>', 'where the picture goes', 'growth.svg')
  .option('--title <text>', 'what stands above it', 'Cost by number of chargers')
  .action((paths: string[], { out, title }: { out: string; title: string }) => {
    const rows = growthRows(paths.map(reportAt));
    writeFileSync(out, growthSvg(rows, title));
    console.log(`${growthTable(rows)}\n\n${out}`);
  });

try {
  program.parse();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
