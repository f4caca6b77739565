/** Steady with all versions: TransactionEvents of 2.x are fenced appends where 1.6 sends plain MeterValues. */

import type { Scenario } from '../scenario.ts';
import { steady } from './steady.ts';

/** A third of each version. */
export const mixed: Scenario = {
  ...steady,
  name: 'mixed',
  summary: 'steady with a third each of OCPP 1.6, 2.0.1 and 2.1',
  versions: ['1.6', '2.0.1', '2.1'],
};
