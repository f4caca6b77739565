/**
 * `npm run bench:compare`: Voltlane beside what a user would pick instead (`ocpp-rpc` in one process) and beside the floor (a `ws`
 * server that only echoes), one after the other on the same machine, with the same chargers and schedule. Ratios of one run count.
 */
import { Command, InvalidArgumentError } from 'commander';
import { printLoad, printMachine } from './bench/machine.ts';
import { measurePeer, type PeerLoad, type PeerRow } from './bench/peer-rows.ts';
import { PEERS, startPeer } from './bench/peers.ts';

interface Options {
  readonly chargers: number;
  readonly seconds: number;
  readonly heartbeats: readonly number[];
  readonly meterValues: readonly number[];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is wanted');
  return value;
}

const rates = (text: string): number[] => text.split(',').map((part) => wholeNumber(part.trim()));

function line(row: PeerRow, floorUs: number | undefined): string {
  const ratio = floorUs === undefined ? '' : (row.cpuUsPerCall / floorUs).toFixed(1);
  const cells = [
    row.callsPerSecond.toFixed(0),
    row.answeredPerSecond.toFixed(0),
    row.p50Ms.toFixed(1),
    row.p99Ms.toFixed(1),
    row.cpuUsPerCall.toFixed(0),
    (1_000_000 / row.cpuUsPerCall).toFixed(0),
    ratio,
    String(row.failed),
    row.stolenPercent.toFixed(1),
  ];
  return row.peer.padEnd(10) + row.action.padEnd(12) + cells.map((cell) => cell.padStart(9)).join('');
}

async function main({ chargers, seconds, heartbeats, meterValues }: Options): Promise<void> {
  const loads: PeerLoad[] = [
    ...heartbeats.map((callsPerSecond) => ({ action: 'Heartbeat' as const, callsPerSecond })),
    ...meterValues.map((callsPerSecond) => ({ action: 'MeterValues' as const, callsPerSecond })),
  ];
  await printMachine();
  console.log(
    `${chargers} chargers (OCPP 1.6), ${seconds} s a row; CPU in µs per answered call over all processes of a peer`,
  );
  console.log(
    'peer      action        asked/s  answd/s      p50      p99   us/call   /s/core  x echo   failed stolen %',
  );
  const floor: number[] = [];
  const memory: string[] = [];
  for (const name of PEERS) {
    const peer = await startPeer(name);
    try {
      const { rows, bytesPerConnection } = await measurePeer(peer, chargers, loads, seconds);
      for (const [at, row] of rows.entries()) {
        floor[at] ??= row.cpuUsPerCall;
        console.log(line(row, floor[at]));
      }
      const perGb = (1_073_741_824 / bytesPerConnection).toFixed(0);
      memory.push(`${name}: ${(bytesPerConnection / 1024).toFixed(1)} KB a connection, ${perGb} connections per GB`);
    } finally {
      await peer.stop();
    }
  }
  console.log(`\nmemory, growth from empty to after the last row:\n${memory.join('\n')}`);
  printLoad('after');
}

await new Command('bench:compare')
  .description('Measures Voltlane, ocpp-rpc and a bare ws echo on this machine, one after the other.')
  .option('--chargers <n>', 'connected chargers', wholeNumber, 5000)
  .option('--seconds <s>', 'duration of each row', wholeNumber, 8)
  .option('--heartbeats <rates>', 'Heartbeats per second, one row each', rates, [1000, 4000])
  .option('--meter-values <rates>', 'MeterValues per second, one row each', rates, [1000])
  .action(main)
  .parseAsync();
