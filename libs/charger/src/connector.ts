/** Owns how a connector looks at power-on. Its later life belongs to sessions and commands. */
import type { Random } from '@voltlane/time';
import { createMeter } from './metering.ts';
import type { Connector } from './unit.ts';

/** Largest register of a meter that comes from the factory, or from years of use. */
const REGISTER_WH_MAX = 5_000_000;

/** A free connector whose meter has counted before. */
export function newConnector(id: number, random: Random, monotonicMs: number): Connector {
  return {
    id,
    status: 'Available',
    reported: undefined,
    operative: true,
    claimed: false,
    inoperativeAfterwards: false,
    reservation: undefined,
    transaction: undefined,
    meter: createMeter(Math.floor(random.next() * REGISTER_WH_MAX), monotonicMs),
  };
}
