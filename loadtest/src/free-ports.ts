/**
 * Ports to listen on below the ephemeral range: chargers on this machine use up that range, and an edge that is down for a moment
 * would find its port taken by one of them.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { LoadTestError } from './errors.ts';

/** `count` ports of `address` from `first` upwards that nobody listens on. */
export async function portsFrom(first: number, address: string, count: number): Promise<number[]> {
  const found: number[] = [];
  const { low } = ephemeralPorts();
  for (let port = first; port < low && found.length < count; port += 1)
    if (await isFree(port, address)) found.push(port);
  if (found.length === count) return found;
  const have = `${found.length} of ${count} ports are free on ${address} from ${first} to ${low - 1}`;
  throw new LoadTestError('no-ports', `${have}: choose another start with --ports-from`);
}

/** The ports the system gives to clients; Linux says so, elsewhere the usual ones. */
export function ephemeralPorts(): { readonly low: number; readonly high: number } {
  try {
    const [low = 32_768, high = 60_999] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return { low, high };
  } catch {
    return { low: 49_152, high: 65_535 };
  }
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, address, () => probe.close(() => resolve(true)));
  });
}
