/** A backend that talks to a good part of its fleet at once. */

import type { Scenario } from '../scenario.ts';
import { measured, PLAIN } from '../scenario.ts';

/** Share of the chargers that get a command in each burst. */
const BURST_SHARE = 0.1;
/** A burst lasts this long, and comes again after this long. */
const BURST_S = 5;
const PAUSE_S = 10;

/** Steady, with ClearCache to a tenth of the chargers within five seconds, again and again. */
export const commandBurst: Scenario = {
  ...PLAIN,
  name: 'command-burst',
  summary: 'steady, with commands to a tenth of the chargers within 5 s, every 15 s',
  needsNats: true,
  run: async (stage) => {
    await stage.ramp();
    await stage.settle();
    await stage.phase(measured('bursts'), async () => {
      const commandsPerSecond = (stage.chargers * BURST_SHARE) / BURST_S;
      for (let atS = 0; atS < stage.runS; atS += BURST_S + PAUSE_S) {
        await stage.commands().run(commandsPerSecond, BURST_S);
        await stage.hold(Math.min(PAUSE_S, Math.max(0, stage.runS - atS - BURST_S)));
      }
    });
  },
};
