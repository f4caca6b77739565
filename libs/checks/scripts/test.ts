/**
 * `npm test`: vitest with all its arguments, ending in the line `N passed, N failed` whatever happens, also when the
 * configuration or the collection of tests crashes. The line is written while the process exits, so nothing follows it.
 */
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseCLI, startVitest } from 'vitest/node';
import { createTallyReporter, settleTally, type Tally, tallyLine } from '../src/tally.ts';

let tally: Tally | undefined;

process.on('exit', () => {
  const final = settleTally(tally);
  if (final.failed > 0 || process.exitCode === undefined) process.exitCode = final.failed > 0 ? 1 : 0;
  const failed = final.failed === 0 && process.exitCode !== 0 ? 1 : final.failed;
  writeSync(1, `\n${tallyLine({ passed: final.passed, failed })}\n`);
});

process.on('uncaughtException', (error) => {
  console.error(error);
  tally = { passed: tally?.passed ?? 0, failed: (tally?.failed ?? 0) + 1 };
  process.exit(1);
});

// Sources are stripped of their types and compiled once, not by each of some hundred processes.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url));

const { filter, options: given } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
// A reporter asked for on the command line would replace the list below, and with it the count.
const { reporter, reporters, ...options } = given;
const shown = [reporter ?? reporters ?? 'default'].flat();
const filtered = options.testNamePattern !== undefined;
const vitest = await startVitest('test', filter, {
  config: 'libs/checks/vitest.config.ts',
  // It takes minutes of the whole machine, so it runs when it is named: `npm run test:deploy`.
  project: ['!deploy'],
  ...options,
  run: true,
  watch: false,
  reporters: [...shown, createTallyReporter(filtered, (counted) => (tally = counted))],
});
await vitest.close();
process.exit();
