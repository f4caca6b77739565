/** One rig for each test of a file: started by the test, stopped after it. */
import { afterEach } from 'vitest';
import type { Rig, RigOptions, TestCharger } from './rig.ts';
import { startRig } from './rig.ts';

/** What the scripted worker answers to a heartbeat. */
export const ANSWER = '{"currentTime":"2026-01-01T00:00:00.000Z"}';

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

/** Starts the rig of this test. */
export const start = async (options?: RigOptions): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};

/** Connects a charger to it. */
export const connect = (path: string, protocols?: string | string[]): Promise<TestCharger> => {
  if (rig === undefined) throw new Error('start first');
  return rig.connect(path, protocols);
};

/** A Heartbeat frame. */
export const heartbeat = (id: string): string => `[2,"${id}","Heartbeat",{}]`;
