import { expect, it } from 'vitest';
import { readState, STATE_HEADER, writeState } from '../src/state-header.ts';
import { CHARGING_STATE } from './charging-state.ts';

const ROUNDS = 31;
const READS = 50;

// Each call of a charger reads its state: what that leaves is half of what a worker has to collect, or a tenth (decision 16).
it('reading a state leaves little garbage', () => {
  const headers = { [STATE_HEADER]: writeState(CHARGING_STATE) };
  let fields = 0;
  const read = (times: number): void => {
    for (let index = 0; index < times; index += 1) fields += Object.keys(readState(headers)).length;
  };
  read(5_000);
  const bytes: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.memoryUsage().heapUsed;
    read(READS);
    bytes.push((process.memoryUsage().heapUsed - before) / READS);
  }
  bytes.sort((a, b) => a - b);
  const median = bytes[ROUNDS >> 1] ?? 0;
  expect(fields).toBeGreaterThan(0);
  // 3.6 KB; 7.8 KB when the loop over fields makes a pair for each; 20 KB with copies to rename sessions in, and MessagePack.
  expect(median).toBeGreaterThan(1_000);
  expect(median).toBeLessThan(5_500);
});
