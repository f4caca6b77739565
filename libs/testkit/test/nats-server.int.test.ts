import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { getPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, type NatsServer, natsServerBinary, startNatsCluster, startNatsServer } from '../src/index.ts';

const servers: NatsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function started(options: Parameters<typeof startNatsServer>[0] = {}): Promise<NatsServer> {
  const server = await startNatsServer(options);
  servers.push(server);
  return server;
}

/** True when the server greets within `ms`. */
function greets(port: number, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(ms, () => end(false));
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
  });
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The timer slacks of its threads, ns, each once; none where one may not look at those of others (that takes CAP_SYS_NICE). */
function slacksOf(pid: number): readonly string[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const slacks = threads.flatMap((thread) => {
    try {
      return [readFileSync(`/proc/${thread}/timerslack_ns`, 'utf8').trim()];
    } catch (error) {
      if (mayLook) throw error;
      return [];
    }
  });
  return [...new Set(slacks)];
}

/** Asked of a process that is not ours. */
const mayLook = ((): boolean => {
  try {
    return readFileSync(`/proc/${process.ppid}/timerslack_ns`, 'utf8') !== '';
  } catch {
    return false;
  }
})();

describe('a real nats-server under control', () => {
  it('gives way to others when it is told to', async () => {
    const server = await started({ niceness: 7 });
    expect(getPriority(server.pid())).toBe(getPriority() + 7);
    expect(await greets(server.port, 1_000)).toBe(true);
    await server.kill();
    await server.restart();
    expect(getPriority(server.pid())).toBe(getPriority() + 7);
  });

  it('sleeps as long as it is told to, in every thread, after a restart as well', async () => {
    const server = await started({ timerSlackUs: 2_000 });
    expect(slacksOf(server.pid())).toEqual(mayLook ? ['2000000'] : []);
    await server.kill();
    await server.restart();
    expect(slacksOf(server.pid())).toEqual(mayLook ? ['2000000'] : []);
    const other = await started();
    expect(slacksOf(other.pid())).toEqual(mayLook ? [readFileSync('/proc/self/timerslack_ns', 'utf8').trim()] : []);
  });

  it('answers as soon as it is started, and leaves neither process nor folder', async () => {
    const server = await started();
    expect(await greets(server.port, 1_000)).toBe(true);
    const pid = server.pid();
    await server.stop();
    expect([alive(pid), existsSync(server.storeDir), await greets(server.port, 200)]).toEqual([false, false, false]);
  });

  it('restarts on the same port and store after being killed', async () => {
    const server = await started();
    const { port } = server;
    const first = server.pid();
    await server.kill();
    expect([await greets(port, 200), existsSync(server.storeDir)]).toEqual([false, true]);
    await server.restart();
    expect([await greets(port, 1_000), server.port, server.pid() === first]).toEqual([true, port, false]);
  });

  it('stands still when frozen and goes on when resumed', async () => {
    const server = await started();
    // Several times: the signal alone returns before the threads stopped.
    for (let round = 0; round < 8; round += 1) {
      server.freeze();
      expect(await greets(server.port, 60)).toBe(false);
      server.resume();
      expect(await greets(server.port, 1_000)).toBe(true);
    }
  });

  it('says what the server logged when it cannot start', async () => {
    await expect(startNatsServer({ config: 'nonsense nonsense {' })).rejects.toThrow(
      /ended with 1; its log ends:[^]*Parse error/,
    );
  });

  it('does not take another server on its port for its own', async () => {
    const server = await started();
    await expect(startNatsServer({ port: server.port })).rejects.toThrow(/address already in use|ended with/);
  });

  it('names the fix when NATS_SERVER_BIN is wrong', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const script = new URL('../scripts/ensure-nats-server.ts', import.meta.url).pathname;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [script]);
    expect(stdout.trim()).toBe(await natsServerBinary());
    await expect(
      run(process.execPath, [script], { env: { ...process.env, NATS_SERVER_BIN: '/nowhere' } }),
    ).rejects.toThrow(/NATS_SERVER_BIN is \/nowhere/);
  });

  it('starts a cluster that has a leader, and stops it', async () => {
    const cluster = await startNatsCluster(3);
    const pids = cluster.servers.map((server) => server.pid());
    expect(await cluster.metaLeader()).toMatch(/^n[123]$/);
    await cluster.stop();
    expect(pids.map(alive)).toEqual([false, false, false]);
  });

  it('finds free ports', async () => {
    expect(await freePort()).toBeGreaterThan(1_024);
  });
});
