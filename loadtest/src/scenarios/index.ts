/** All scenarios, in the order of `--help`. */

import type { Scenario } from '../scenario.ts';
import { commandBurst } from './command-burst.ts';
import { killWorker } from './kill-worker.ts';
import { mixed } from './mixed.ts';
import { ramp } from './ramp.ts';
import { rolling } from './rolling.ts';
import { slow } from './slow.ts';
import { steady } from './steady.ts';
import { storm } from './storm.ts';

/** The list. */
export const SCENARIOS: readonly Scenario[] = [ramp, steady, mixed, storm, rolling, killWorker, slow, commandBurst];
