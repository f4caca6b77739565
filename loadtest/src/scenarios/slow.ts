/** Bad neighbours: the figures are those of the others. */

import type { Scenario } from '../scenario.ts';
import { measured, PLAIN } from '../scenario.ts';

/** Share of chargers that misbehave; half read slowly, half never answer commands. */
const SLOW_SHARE = 0.2;
/** Commands go to this share of all chargers a second. */
const COMMANDS_SHARE = 0.002;

/** Steady, while a fifth of the chargers leaves answers unread for 2 s or never answers commands. */
export const slow: Scenario = {
  ...PLAIN,
  name: 'slow',
  summary: 'steady, while a fifth reads slowly or never answers commands; judged by the others',
  needsNats: true,
  slowShare: SLOW_SHARE,
  run: async (stage) => {
    await stage.ramp();
    await stage.settle();
    await stage.phase(measured('slow'), async () => {
      const commandsPerSecond = Math.max(1, stage.chargers * COMMANDS_SHARE);
      await Promise.all([stage.hold(stage.runS), stage.commands().run(commandsPerSecond, stage.runS)]);
    });
  },
};
