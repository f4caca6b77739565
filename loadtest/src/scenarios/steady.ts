/** An ordinary day: the figures everything else is compared with. */

import type { Scenario } from '../scenario.ts';
import { measured, PLAIN } from '../scenario.ts';

/** Heartbeats, meter values of those that charge, sessions that begin and end. */
export const steady: Scenario = {
  ...PLAIN,
  name: 'steady',
  summary: 'Heartbeats; 30 % charge and send meter values; sessions begin and end, with status reports',
  run: async (stage) => {
    await stage.ramp();
    await stage.settle();
    await stage.phase(measured('steady'), () => stage.hold(stage.runS));
  },
};
