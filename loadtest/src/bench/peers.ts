/** What Voltlane is measured against, each as one process of this machine. They take the same chargers and give the same answers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NODE_FLAGS } from '@voltlane/testkit';
import { startBrokerSet } from './broker-set.ts';

/** Something chargers connect to. */
export interface Peer {
  readonly name: string;
  /** `ws://…` in front of `/<identity>`. */
  readonly url: string;
  /** Every process that works for it. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Names of what can be started, in the order of the table. */
export const PEERS = ['ws-echo', 'ocpp-rpc', 'voltlane'] as const;

/** One of them. */
export type PeerName = (typeof PEERS)[number];

/** Starts one. */
export function startPeer(name: PeerName): Promise<Peer> {
  return name === 'voltlane' ? startVoltlane() : startScript(name);
}

async function startVoltlane(): Promise<Peer> {
  const broker = await startBrokerSet({ profileDir: undefined });
  const pids = [broker.edge.pid, broker.worker.pid, broker.nats.pid()];
  return { name: 'voltlane', url: broker.ocppUrl, pids, stop: () => broker.stop() };
}

async function startScript(name: 'ws-echo' | 'ocpp-rpc'): Promise<Peer> {
  const script = join(import.meta.dirname, `${name}-server.ts`);
  const child = spawn(process.execPath, [...NODE_FLAGS, '--conditions=source', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(name, child);
  const exited = once(child, 'exit');
  return {
    name,
    url: `ws://127.0.0.1:${port}`,
    pids: [child.pid ?? 0],
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The first thing such a process says is its port. */
async function portOf(name: string, child: ChildProcess): Promise<number> {
  const { stdout } = child;
  if (stdout === null) throw new Error(`${name} has no output`);
  const first = Promise.race([once(stdout, 'data'), once(child, 'exit')]);
  const port = Number(String((await first)[0]));
  if (!Number.isInteger(port) || port < 1) throw new Error(`${name} did not start`);
  return port;
}
