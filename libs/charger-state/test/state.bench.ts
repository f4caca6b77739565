/**
 * Time and garbage of states at rest. Run:
 * npx node --conditions=source --min-semi-space-size=64 --max-semi-space-size=64 libs/charger-state/test/state.bench.ts
 * Best of several rounds, because the machine is shared. Without the large young generation collections hide some of the garbage.
 */
import { openTransactionsIn, readAnswers, readState, STATE_HEADER, writeAnswers, writeState } from '../src/index.ts';
import { CHARGING_STATE } from './charging-state.ts';

const ROUNDS = 30;
const RUNS = 1_000;

let sink: unknown;

function measure(name: string, run: () => unknown): void {
  let bestNs = Number.POSITIVE_INFINITY;
  const bytes: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const heapBefore = process.memoryUsage().heapUsed;
    const cpuBefore = process.cpuUsage();
    for (let index = 0; index < RUNS; index += 1) sink = run();
    const used = process.cpuUsage(cpuBefore);
    bestNs = Math.min(bestNs, ((used.user + used.system) * 1000) / RUNS);
    bytes.push((process.memoryUsage().heapUsed - heapBefore) / RUNS);
  }
  bytes.sort((a, b) => a - b);
  const median = bytes[ROUNDS >> 1] ?? 0;
  console.log(`${name.padEnd(17)} ${bestNs.toFixed(0).padStart(7)} ns best ${median.toFixed(0).padStart(7)} bytes`);
}

const header = writeState(CHARGING_STATE);
const headers = { [STATE_HEADER]: header };
const answers = writeAnswers(CHARGING_STATE.answered);
console.log(`header of ${header.length} characters, answers of ${answers.length}`);
measure('readState', () => readState(headers));
measure('openTransactions', () => openTransactionsIn(header));
measure('writeState', () => writeState(CHARGING_STATE));
measure('readAnswers', () => readAnswers(answers));
measure('writeAnswers', () => writeAnswers(CHARGING_STATE.answered));
process.exitCode = sink === undefined ? 1 : 0;
