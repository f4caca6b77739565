import { atTurnEnd, createFakeClock } from '@voltlane/time';
import { expect, it } from 'vitest';
import { Intake } from '../src/nats/intake.ts';

const turn = (): Promise<void> => new Promise((done) => atTurnEnd(done));

/** Handles message `n` the way a subscription does; each costs `costMs` of a fake clock. */
const rig = (costMs: number) => {
  const clock = createFakeClock();
  let dropped = 0;
  const intake = new Intake(clock, () => {
    dropped += 1;
  });
  const handled: number[] = [];
  const arrive = (n: number): boolean => {
    const handle = (): void => {
      handled.push(n);
      clock.advance(costMs);
    };
    if (!intake.free()) return intake.keep(handle);
    handle();
    return true;
  };
  return { clock, intake, handled, arrive, dropped: () => dropped };
};

it('handles a message at once while the turn is young', () => {
  const { handled, arrive } = rig(1);
  for (let n = 0; n < 5; n += 1) arrive(n);
  expect(handled).toEqual([0, 1, 2, 3, 4]);
});

it('leaves the rest to later turns, in order, and gives the loop a turn in between', async () => {
  const { intake, handled, arrive } = rig(1);
  for (let n = 0; n < 20; n += 1) arrive(n);
  expect(handled).toHaveLength(8);
  await turn();
  expect(handled).toHaveLength(16);
  // What comes now does not overtake what waits.
  arrive(20);
  expect(intake.size).toBe(5);
  await turn();
  expect(handled).toEqual(Array.from({ length: 21 }, (_, n) => n));
  expect(intake.size).toBe(0);
});

it('drops what comes when 65,536 wait', () => {
  const { intake, arrive } = rig(10);
  arrive(-1);
  for (let n = 0; n < 65_536; n += 1) expect(arrive(n)).toBe(true);
  expect(arrive(65_536)).toBe(false);
  expect(intake.size).toBe(65_536);
});

it('does not work through what has waited for longer than 2.5 s', async () => {
  const { clock, handled, arrive, dropped } = rig(8);
  for (let n = 0; n < 3; n += 1) arrive(n);
  clock.advance(2_400);
  arrive(3);
  clock.advance(150);
  await turn();
  await turn();
  expect([handled, dropped()]).toEqual([[0, 3], 2]);
});
