/** A release: nobody is to notice more than a reconnect. */

import type { Scenario } from '../scenario.ts';
import { disrupted, measured, PLAIN } from '../scenario.ts';

/** Edges, then workers, are stopped with SIGTERM and started again, one after the other. */
export const rolling: Scenario = {
  ...PLAIN,
  name: 'rolling',
  summary: 'edges and workers are replaced one by one (SIGTERM)',
  needsProcesses: true,
  edgesMin: 2,
  workersMin: 2,
  spareEdges: 1,
  run: async (stage) => {
    const { edges, workers } = stage.broker();
    await stage.ramp();
    await stage.settle();
    await stage.phase(measured('before'), () => stage.hold(stage.runS / 2));
    await stage.phase(disrupted('rolling'), async () => {
      for (const node of [...edges, ...workers]) {
        stage.note(`replacing ${node.name}`);
        await node.stop();
        await node.start();
        await stage.served();
      }
    });
    await stage.phase(measured('after'), () => stage.hold(stage.runS / 2));
  },
};
