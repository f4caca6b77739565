/** A generator as a process of its own: takes orders from its parent, tells it once a second where it stands. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everySecond } from '../second-clock.ts';
import { createChargerRecordFile } from './charger-record.ts';
import { Generator } from './generator.ts';
import type { GeneratorNews, GeneratorOrder } from './plan.ts';

const RECORDS = 'charger.records';
/** Sockets get this long to say goodbye. */
const GOODBYE_MS = 1_000;

let generator: Generator | undefined;
let tickOffsetMs = 0;
let directory = '';

function tell(news: GeneratorNews): void {
  process.send?.(news);
}

async function obey(order: GeneratorOrder): Promise<void> {
  switch (order.kind) {
    case 'plan': {
      directory = mkdtempSync(join(tmpdir(), 'voltlane-loadtest-'));
      tickOffsetMs = order.plan.tickOffsetMs;
      generator = new Generator(order.plan, createChargerRecordFile(join(directory, RECORDS)));
      tell({ kind: 'ready' });
      return;
    }
    case 'ramp':
      generator?.ramp();
      everySecond(tickOffsetMs, () => {
        if (generator !== undefined) tell({ kind: 'tick', tick: generator.tick() });
      });
      return;
    case 'finish':
      await generator?.finish();
      tell({ kind: 'finished', file: join(directory, RECORDS) });
      return;
    case 'end':
      generator?.end();
      setTimeout(() => process.exit(0), GOODBYE_MS);
  }
}

process.on('message', (order: GeneratorOrder) => {
  obey(order).catch((error: unknown) => {
    tell({ kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
process.on('disconnect', () => process.exit(1));
process.on('SIGTERM', () => process.exit(143));
process.on('exit', () => {
  if (directory !== '') rmSync(directory, { recursive: true, force: true });
});
// The terminal's Ctrl-C reaches the whole group; the parent decides when it is over.
process.on('SIGINT', () => undefined);
