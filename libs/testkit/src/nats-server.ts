/**
 * A real nats-server under a test's control: started on a free port with a store of its own, killed, frozen, resumed, restarted
 * on the same port and store. Leaves neither process nor folder behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsServerBinary } from './debian-binary.ts';
import { freePort } from './free-port.ts';
import { niced } from './niced.ts';
import { withTimerSlack } from './timer-slack.ts';

/** How to start a server. */
export interface NatsServerOptions {
  /** Default true. */
  readonly jetstream?: boolean;
  /** Default: a temporary folder, removed by `stop`. */
  readonly storeDir?: string;
  /** Address it listens on; default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: a name no other server has, so that another server on the port is not taken for this one. */
  readonly serverName?: string;
  /** More lines of configuration, e.g. `authorization { token: x }`. */
  readonly config?: string;
  /** -20 to 19: how far it gives way to other processes; default 0. */
  readonly niceness?: number;
  /** See `withTimerSlack`, µs; default 0. */
  readonly timerSlackUs?: number;
  /** Default 10,000. */
  readonly readyTimeoutMs?: number;
}

/** A running (or killed, or frozen) server. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly storeDir: string;
  /** Process id of the current process. */
  pid(): number;
  /** What the server logged last. */
  logTail(): string;
  /** SIGTERM, waits for the end, removes a temporary store. */
  stop(): Promise<void>;
  /** SIGKILL and waits for the end; the store stays. */
  kill(): Promise<void>;
  /** SIGSTOP; returns once every thread stands still. Its sockets stay open. */
  freeze(): void;
  /** SIGCONT. */
  resume(): void;
  /** Ends the process (SIGKILL if it still runs) and starts one on the same port and store. */
  restart(): Promise<void>;
}

/** Kept of the log for error messages. */
const LOG_CHARS_MAX = 4_000;
const STOP_MS_MAX = 5_000;
const FREEZE_MS_MAX = 2_000;
const PORT_ATTEMPTS = 5;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server and waits until it answers. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const binary = await natsServerBinary();
  const ownStore = options.storeDir === undefined;
  const storeDir = options.storeDir ?? (await mkdtemp(join(tmpdir(), 'voltlane-nats-store-')));
  const host = options.host ?? '127.0.0.1';
  const wanted = options.port ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted === 0 ? await freePort() : wanted;
    const serverName = options.serverName ?? `test-${randomUUID()}`;
    const configFile = join(storeDir, 'nats-server.conf');
    const lines = [`listen: "${host}:${port}"`, `server_name: "${serverName}"`];
    if (options.jetstream !== false) lines.push(`jetstream { store_dir: ${JSON.stringify(storeDir)} }`);
    if (options.config !== undefined) lines.push(options.config);
    await writeFile(configFile, `${lines.join('\n')}\n`);
    const readyTimeoutMs = options.readyTimeoutMs ?? 10_000;
    const server = new ServerProcess({
      binary,
      configFile,
      host,
      port,
      serverName,
      storeDir,
      ownStore,
      readyTimeoutMs,
      niceness: options.niceness ?? 0,
      timerSlackUs: options.timerSlackUs ?? 0,
    });
    try {
      await server.start();
      return server;
    } catch (error) {
      // Between finding a port free and listening on it somebody else can take it.
      const taken = wanted === 0 && attempt < PORT_ATTEMPTS && server.logTail().includes('address already in use');
      if (taken) continue;
      if (ownStore) await rm(storeDir, { recursive: true, force: true });
      throw error;
    }
  }
}

interface ServerParts {
  readonly binary: string;
  readonly configFile: string;
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  readonly storeDir: string;
  readonly ownStore: boolean;
  readonly readyTimeoutMs: number;
  readonly niceness: number;
  readonly timerSlackUs: number;
}

class ServerProcess implements NatsServer {
  readonly #parts: ServerParts;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  get url(): string {
    return `nats://${this.#parts.host}:${this.#parts.port}`;
  }

  get port(): number {
    return this.#parts.port;
  }

  get storeDir(): string {
    return this.#parts.storeDir;
  }

  pid(): number {
    return this.#child?.pid ?? 0;
  }

  logTail(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    const { binary, configFile, host, port, serverName, readyTimeoutMs, timerSlackUs } = this.#parts;
    const [program, args] = niced(binary, ['-c', configFile], this.#parts.niceness);
    const child = withTimerSlack(timerSlackUs, () => spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    this.#child = child;
    this.#log = '';
    running.add(child);
    let ended: string | undefined;
    child.once('error', (error) => {
      ended = error.message;
    });
    child.once('exit', (code, signal) => {
      running.delete(child);
      ended = `ended with ${code ?? signal}`;
    });
    const keepLog = (text: Buffer): void => {
      this.#log = (this.#log + text.toString()).slice(-LOG_CHARS_MAX);
    };
    child.stdout.on('data', keepLog);
    child.stderr.on('data', keepLog);
    const deadlineMs = Date.now() + readyTimeoutMs;
    while (!(await answers(host, port, serverName))) {
      if (ended !== undefined) throw new Error(`nats-server on port ${port} ${ended}; its log ends:\n${this.#log}`);
      if (Date.now() > deadlineMs) {
        await this.kill();
        throw new Error(
          `nats-server on port ${port} did not answer within ${readyTimeoutMs} ms; its log ends:\n${this.#log}`,
        );
      }
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#end('SIGTERM');
    if (this.#parts.ownStore) await rm(this.#parts.storeDir, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  freeze(): void {
    const child = this.#child;
    if (child?.pid === undefined || !child.kill('SIGSTOP')) return;
    const deadlineMs = Date.now() + FREEZE_MS_MAX;
    while (!standsStill(child.pid)) {
      if (Date.now() > deadlineMs)
        throw new Error(`nats-server ${child.pid} still runs ${FREEZE_MS_MAX} ms after SIGSTOP`);
    }
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(force);
  }
}

/** True when every thread is stopped; the signal returns before that. Without /proc there is nothing to ask. */
function standsStill(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return true;
  return readdirSync(tasks).every((task) => {
    try {
      return /^State:\s+[TtZX]/m.test(readFileSync(join(tasks, task, 'status'), 'utf8'));
    } catch {
      return true; // The thread ended meanwhile.
    }
  });
}

/** True when the server named `serverName` greets on `port`. */
function answers(host: string, port: number, serverName: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', (data) => end(data.toString('latin1').includes(`"server_name":"${serverName}"`)));
  });
}
