/** The worst morning: every socket is gone at once, and everybody wants in at once. */

import type { Scenario } from '../scenario.ts';
import { disrupted, measured, PLAIN } from '../scenario.ts';

/** All edges are killed with SIGKILL and started again; chargers come back spread over `--reconnect-seconds`. */
export const storm: Scenario = {
  ...PLAIN,
  name: 'storm',
  summary: 'all edges are killed (SIGKILL) and started again; everybody reconnects',
  needsProcesses: true,
  run: async (stage) => {
    const { edges } = stage.broker();
    await stage.ramp();
    await stage.settle();
    await stage.phase(measured('before'), () => stage.hold(stage.runS / 2));
    await stage.phase(disrupted('storm'), async () => {
      await Promise.all(edges.map((edge) => edge.kill()));
      stage.note(`killed ${edges.length} edges`);
      const [servedS] = await Promise.all([stage.served(), ...edges.map((edge) => edge.start())]);
      stage.figure('servedS', servedS);
      stage.note(`every charger served again after ${servedS.toFixed(1)} s`);
    });
    await stage.phase(measured('after'), () => stage.hold(stage.runS / 2));
  },
};
