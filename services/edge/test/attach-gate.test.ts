import { expect, it } from 'vitest';
import type { AttachSlot } from '../src/attach-gate.ts';
import { AttachGate } from '../src/attach-gate.ts';
import { createCountingMetrics } from './counting-metrics.ts';
import { connectionOf } from './lone-connection.ts';

const rig = (attachesMax: number) => {
  let nowMs = 0;
  const gate = new AttachGate(attachesMax, () => nowMs);
  const entered: (AttachSlot | undefined)[] = [];
  return {
    gate,
    entered,
    /** Asks for a slot; what comes of it is found in `entered`. */
    ask: async (): Promise<void> => void entered.push(await gate.enter()),
    pass: (ms: number): void => {
      nowMs += ms;
      gate.sweep();
    },
  };
};
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

it('lets handshakes in up to the bound, the next one when a session is known to its actor', async () => {
  const { gate, entered, ask } = rig(2);
  for (let n = 0; n < 4; n += 1) void ask();
  await settled();
  expect(entered).toHaveLength(2);
  expect(gate.waiting).toBe(2);
  entered[0]?.arrived();
  entered[0]?.leave();
  entered[0]?.arrived();
  await settled();
  expect(entered).toHaveLength(3);
  expect(gate.waiting).toBe(1);
});

it('lets fewer in while they take long to arrive, and does not learn from those that never do', async () => {
  const { gate, entered, ask, pass } = rig(24);
  for (let n = 0; n < 60; n += 1) void ask();
  await settled();
  expect(entered).toHaveLength(24);
  pass(500);
  entered[0]?.leave();
  expect(gate.limit).toBe(24);
  entered[1]?.arrived();
  expect(gate.limit).toBe(18);
  await settled();
  // 23 were on their way when the limit fell to 18: nobody took the place of the second.
  expect(entered).toHaveLength(25);
});

it('does not hold the door shut for workers that do not answer', async () => {
  const { gate, entered, ask, pass } = rig(1);
  void ask();
  void ask();
  await settled();
  pass(4_999);
  await settled();
  expect(entered).toHaveLength(1);
  pass(1);
  await settled();
  expect(entered.filter((slot) => slot !== undefined)).toHaveLength(2);
  // The late answer for the first one frees nothing a second time.
  entered[0]?.leave();
  void ask();
  await settled();
  expect(entered).toHaveLength(2);
  expect(gate.waiting).toBe(1);
});

it('sends away who has waited eight seconds', async () => {
  const { gate, entered, ask, pass } = rig(1);
  void ask();
  pass(1_000);
  void ask();
  void ask();
  pass(4_000);
  await settled();
  // The slot held too long went to the first in line.
  expect(entered.filter((slot) => slot !== undefined)).toHaveLength(2);
  expect(gate.waiting).toBe(1);
  pass(3_999);
  await settled();
  expect(gate.waiting).toBe(1);
  pass(1);
  await settled();
  expect(entered.at(-1)).toBeUndefined();
  expect(entered).toHaveLength(3);
  expect(gate.waiting).toBe(0);
});

it('refuses at once when too many wait, and everybody once it is closed', async () => {
  const { gate, entered, ask } = rig(1);
  for (let n = 0; n < 4_098; n += 1) void ask();
  await settled();
  expect(entered).toHaveLength(2);
  expect(entered[1]).toBeUndefined();
  gate.close();
  await settled();
  expect(gate.waiting).toBe(0);
  expect(entered.filter((slot) => slot !== undefined)).toHaveLength(1);
  expect(gate.enter()).toBeUndefined();
});

it('is told once that a session has arrived, and its connection keeps no slot for the days that follow', () => {
  const told: string[] = [];
  const slot = { arrived: () => void told.push('arrived'), leave: () => void told.push('leave') };
  const connection = connectionOf('CP1', createCountingMetrics(), () => undefined, 'close', slot);
  connection.replied(0, { kind: 'noted' });
  connection.gone(1006, '');
  expect(told).toEqual(['arrived']);
});
