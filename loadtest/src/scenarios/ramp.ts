/** How fast chargers get in, and what a connection costs that says little. */

import type { Scenario } from '../scenario.ts';
import { measured, PLAIN } from '../scenario.ts';

/** Everybody connects and boots, then only Heartbeats. */
export const ramp: Scenario = {
  ...PLAIN,
  name: 'ramp',
  summary: 'everybody connects and boots at --connects-per-second, then only Heartbeats',
  traffic: { chargingShare: 0 },
  run: async (stage) => {
    await stage.ramp();
    await stage.phase(measured('hold'), () => stage.hold(stage.runS));
  },
};
