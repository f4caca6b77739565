/** Plays one row of the comparison against one peer: the same fleet, the same schedule, the kernel's accounting of its processes. */
import { systemClock } from '@voltlane/time';
import { machineShares, machineTime, machineTimeBetween } from '../machine-time.ts';
import { connectFleet } from './bench-charger.ts';
import { cpuTimeUs, residentBytes } from './cpu-time.ts';
import { runOpenLoop } from './open-loop.ts';
import type { Peer } from './peers.ts';

/** One row. */
export interface PeerLoad {
  readonly action: 'Heartbeat' | 'MeterValues';
  readonly callsPerSecond: number;
}

/** What a row came to. CPU and memory are of all processes of the peer together. */
export interface PeerRow extends PeerLoad {
  readonly peer: string;
  readonly answeredPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerCall: number;
  readonly failed: number;
  /** Processor time of the machine that its host gave to others meanwhile. */
  readonly stolenPercent: number;
}

/** What a peer came to. */
export interface PeerResult {
  readonly rows: readonly PeerRow[];
  /** Growth from before the first charger to after the last row, for each. */
  readonly bytesPerConnection: number;
}

/** Time in which compilers get to know the code, s. */
const WARM_UP_SECONDS = 3;

const METER_VALUES = JSON.stringify({
  connectorId: 1,
  meterValue: [
    {
      timestamp: '2026-01-01T00:00:00Z',
      sampledValue: [
        { value: '1000', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
        { value: '7360', measurand: 'Power.Active.Import', unit: 'W' },
      ],
    },
  ],
});

/** Each value differs: a broker that drops repetitions would have less to do. */
const payloadOf = (action: PeerLoad['action'], n: number): string =>
  action === 'Heartbeat' ? '{}' : METER_VALUES.replace('"1000"', `"${1000 + n}"`);

/** Connects, warms up, plays the rows in order, lets the chargers go. */
export async function measurePeer(
  peer: Peer,
  chargers: number,
  loads: readonly PeerLoad[],
  seconds: number,
): Promise<PeerResult> {
  const resident = (): number => peer.pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
  const cpu = (): number => peer.pids.reduce((sum, pid) => sum + cpuTimeUs(pid), 0);
  const emptyBytes = resident();
  const fleet = await connectFleet(peer.url, chargers);
  const play = (load: PeerLoad, forSeconds: number, from: number): ReturnType<typeof runOpenLoop> =>
    runOpenLoop(systemClock, fleet, {
      action: load.action,
      payload: (n) => payloadOf(load.action, from + n),
      callsPerSecond: load.callsPerSecond,
      seconds: forSeconds,
    });
  const rows: PeerRow[] = [];
  let from = 0;
  for (const load of loads) {
    await play(load, WARM_UP_SECONDS, from);
    from += load.callsPerSecond * WARM_UP_SECONDS;
    const before = cpu();
    const machineBefore = machineTime();
    const result = await play(load, seconds, from);
    from += load.callsPerSecond * seconds;
    rows.push({
      ...load,
      peer: peer.name,
      answeredPerSecond: result.answered / (result.elapsedMs / 1000),
      p50Ms: result.latencyUs.getValueAtPercentile(50) / 1000,
      p99Ms: result.latencyUs.getValueAtPercentile(99) / 1000,
      cpuUsPerCall: (cpu() - before) / Math.max(1, result.answered),
      failed: result.failed + result.unanswered,
      stolenPercent: machineShares(machineTimeBetween(machineBefore, machineTime())).stolenPercent,
    });
  }
  const bytesPerConnection = (resident() - emptyBytes) / chargers;
  for (const charger of fleet) charger.close();
  return { rows, bytesPerConnection };
}
