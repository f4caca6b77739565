/** A charger and a tiny CSMS in one process on a fake clock. */
import type { OcppVersion } from '@voltlane/ocpp';
import { createFakeClock, createSeededRandom, FAKE_CLOCK_START_MS, type FakeClock } from '@voltlane/time';
import {
  type Charger,
  type ChargerEvent,
  type ChargerOptions,
  createCharger,
  createEventList,
  createMemoryConnect,
} from '../src/index.ts';
import { createTinyCsms, type TinyCsms } from './tiny-csms.ts';

export interface Rig {
  readonly clock: FakeClock;
  readonly csms: TinyCsms;
  readonly charger: Charger;
  /** Events of one kind, as the charger told them. */
  readonly events: <K extends ChargerEvent['kind']>(kind: K) => readonly Extract<ChargerEvent, { kind: K }>[];
  /** Lets promises run, then moves the clock. */
  readonly pass: (ms: number) => Promise<void>;
  /** Refuses connections while true. */
  readonly setDown: (down: boolean) => void;
  /** Connection attempts so far. */
  readonly dials: () => number;
  /** Password of each attempt. */
  readonly passwords: (string | Uint8Array | undefined)[];
}

export function createRig(version: OcppVersion, options: Partial<ChargerOptions> = {}): Rig {
  const clock = createFakeClock(FAKE_CLOCK_START_MS);
  const csms = createTinyCsms(version);
  const events = createEventList(10_000);
  let down = false;
  let dials = 0;
  const passwords: (string | Uint8Array | undefined)[] = [];
  const connect = createMemoryConnect((target, link) => {
    dials += 1;
    passwords.push(target.password);
    if (down) throw new Error('the CSMS is down');
    return csms.accept(link);
  });
  const charger = createCharger({
    id: 'CP1',
    version,
    url: 'memory:',
    clock,
    random: createSeededRandom(7),
    connect,
    strictSending: true,
    log: events.sink,
    ...options,
  });
  return {
    clock,
    csms,
    charger,
    events: <K extends ChargerEvent['kind']>(kind: K) =>
      events.list().filter((event): event is Extract<ChargerEvent, { kind: K }> => event.kind === kind),
    pass: (ms) => clock.advanceAsync(ms),
    setDown: (value) => {
      down = value;
    },
    dials: () => dials,
    passwords,
  };
}

/** A rig whose charger has booted. */
export async function bootedRig(version: OcppVersion, options: Partial<ChargerOptions> = {}): Promise<Rig> {
  const rig = createRig(version, options);
  void rig.charger.start();
  await rig.pass(0);
  return rig;
}
