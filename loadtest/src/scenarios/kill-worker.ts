/** A worker dies: its chargers keep their sockets and wait for another owner. */

import type { Scenario } from '../scenario.ts';
import { measured, PLAIN } from '../scenario.ts';

/** Time for claims to move, for what waited, and for the balance to be found again. */
const AFTERMATH_S = 10;

/** Each worker in turn is killed with SIGKILL, missed, and started again. */
export const killWorker: Scenario = {
  ...PLAIN,
  name: 'kill-worker',
  summary: 'each worker in turn is killed (SIGKILL) and started again; no charger may lose its socket',
  needsProcesses: true,
  workersMin: 2,
  run: async (stage) => {
    const { workers } = stage.broker();
    await stage.ramp();
    await stage.settle();
    await stage.phase(measured('before'), () => stage.hold(stage.runS / 2));
    await stage.phase(measured('killing'), async () => {
      for (const worker of workers) {
        stage.note(`killing ${worker.name}`);
        await worker.kill();
        await stage.hold(AFTERMATH_S);
        await worker.start();
        await stage.hold(AFTERMATH_S);
      }
    });
    await stage.phase(measured('after'), () => stage.hold(stage.runS / 2));
  },
};
