import { expect, it } from 'vitest';
import { ResendPatience } from '../src/resend-patience.ts';

it('waits the least time while answers are quick, and doubles with each copy up to eight seconds', () => {
  const patience = new ResendPatience(1_000);
  for (let n = 0; n < 100; n += 1) patience.learn(4);
  const waits: number[] = [];
  for (let n = 0; n < 5; n += 1) waits.push(patience.next(waits.at(-1) ?? 0));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
});

it('waits longer than answers take, and is quick again when they are', () => {
  const patience = new ResendPatience(1_000);
  for (let n = 0; n < 100; n += 1) patience.learn(3_000);
  expect(patience.next(0)).toBeGreaterThan(2_999);
  expect(patience.next(0)).toBeLessThanOrEqual(8_000);
  for (let n = 0; n < 100; n += 1) patience.learn(4);
  expect(patience.next(0)).toBe(1_000);
});

it('leaves room above what answers take while they differ', () => {
  const patience = new ResendPatience(100);
  for (let n = 0; n < 200; n += 1) patience.learn(n % 2 === 0 ? 200 : 1_000);
  expect(patience.next(0)).toBeGreaterThan(1_000);
});

it('keeps a least time above eight seconds', () => {
  expect(new ResendPatience(20_000).next(0)).toBe(20_000);
});

it('finds out that one copy is enough when answers are slow', () => {
  const patience = new ResendPatience(1_000);
  let copies = 0;
  for (let call = 0; call < 50; call += 1) {
    copies = 1;
    for (let waitMs = patience.next(0), sentMs = waitMs; sentMs < 3_000; sentMs += waitMs) {
      copies += 1;
      waitMs = patience.next(waitMs);
    }
    if (copies === 1) patience.learn(3_000);
    for (let extra = 1; extra < copies; extra += 1) patience.answeredTwice();
  }
  expect(copies).toBe(1);
});
