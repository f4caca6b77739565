/** A real edge on real sockets and a bus, in memory unless told otherwise; a scripted worker, and chargers that speak plain frames. */

import type { Bus, MemoryBroker } from '@voltlane/bus';
import { createMemoryBus } from '@voltlane/bus';
import type { EdgeOptions, SharedOptions } from '@voltlane/config';
import { loadConfig } from '@voltlane/config';
import { createSeededRandom, systemClock } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';
import type { Edge } from '../src/edge.ts';
import { runEdge } from '../src/edge.ts';
import type { ChargerLookup } from '../src/upgrade.ts';
import type { CountingMetrics } from './counting-metrics.ts';
import { createCountingMetrics } from './counting-metrics.ts';
import type { FakeWorker } from './fake-worker.ts';
import { createFakeWorker } from './fake-worker.ts';

export const PARTITIONS = 8;

export interface Rig {
  readonly edge: Edge;
  readonly broker: MemoryBroker;
  readonly worker: FakeWorker;
  readonly metrics: CountingMetrics;
  readonly log: string[];
  connect(path: string, protocols?: string | string[], options?: ClientOptions): Promise<TestCharger>;
  stop(): Promise<void>;
}

export const nobodyRegistered: ChargerLookup = { find: async () => undefined };

export interface RigOptions {
  readonly config?: Partial<SharedOptions & EdgeOptions>;
  readonly lookup?: ChargerLookup;
  /** When false the worker does not listen yet. */
  readonly listen?: boolean;
  /** Another bus than the one in memory. */
  readonly connect?: (name: string) => Promise<Bus>;
}

export const startRig = async (options: RigOptions = {}): Promise<Rig> => {
  const broker = createMemoryBus({ clock: systemClock });
  const connect = options.connect ?? ((name: string) => broker.connect(name));
  const bus = await connect('edge');
  const workerBus = await connect('worker');
  const worker = createFakeWorker(workerBus, PARTITIONS);
  if (options.listen !== false) worker.listen();
  const metrics = createCountingMetrics();
  const log: string[] = [];
  const write = (fields: object, text: string): void => {
    log.push(`${text} ${JSON.stringify(fields)}`);
  };
  const { config } = loadConfig(['edge'], {}, () => '');
  const edge = await runEdge({
    config: { ...config, ocppPort: 0, stopDeadlineMs: 3_000, ...options.config },
    bus,
    lookup: options.lookup ?? nobodyRegistered,
    partitions: PARTITIONS,
    subjects: createSubjects(''),
    clock: systemClock,
    random: createSeededRandom(1),
    log: { info: write, warn: write },
    metrics,
  });
  // Other connections publish from now on: a server knows the subscriptions of this one only after a round trip.
  await Promise.all([bus.flush(), workerBus.flush()]);
  const chargers: TestCharger[] = [];
  return {
    edge,
    broker,
    worker,
    metrics,
    log,
    async connect(path, protocols = 'ocpp1.6', clientOptions = {}) {
      const charger = await openCharger(`ws://127.0.0.1:${edge.address.port}${path}`, protocols, clientOptions);
      chargers.push(charger);
      return charger;
    },
    async stop() {
      for (const charger of chargers) charger.socket.terminate();
      await edge.stop();
    },
  };
};

/** A WebSocket client that keeps what it was sent until somebody asks. */
export class TestCharger {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  closed: { code: number; reason: string } | undefined;
  #wake: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.frames.push(data.toString('utf8'));
      this.#notify();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.#notify();
    });
    socket.on('error', () => undefined);
  }

  send(text: string): void {
    this.socket.send(text);
  }

  /** The next frame not yet asked for. */
  async next(step = 'a frame', timeoutMs = 2_000): Promise<string> {
    await this.until(() => this.frames.length > 0, step, timeoutMs);
    return this.frames.shift() ?? '';
  }

  async ask(text: string): Promise<string> {
    this.send(text);
    return this.next(`an answer to ${text.slice(0, 80)}`);
  }

  async waitClosed(timeoutMs = 2_000): Promise<{ code: number; reason: string }> {
    await this.until(() => this.closed !== undefined, 'the close', timeoutMs);
    return this.closed ?? { code: 0, reason: '' };
  }

  async until(done: () => boolean, step: string, timeoutMs: number): Promise<void> {
    const end = systemClock.monotonicMs() + timeoutMs;
    while (!done()) {
      if (systemClock.monotonicMs() > end)
        throw new Error(`waited ${timeoutMs} ms for ${step}; closed: ${JSON.stringify(this.closed)}`);
      await new Promise<void>((resolve) => {
        const cancel = systemClock.after(20, resolve);
        this.#wake.push(() => {
          cancel();
          resolve();
        });
      });
    }
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const call of wake) call();
  }
}

/** Connects; rejects with the HTTP status when refused. */
export const openCharger = (
  url: string,
  protocols: string | string[],
  options: ClientOptions = {},
): Promise<TestCharger> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, options);
    const charger = new TestCharger(socket);
    socket.once('open', () => resolve(charger));
    socket.once('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.once('error', reject);
  });

/** Waits for a condition of the test's own. */
export const waitUntil = async (done: () => boolean, what: string, timeoutMs = 3_000): Promise<void> => {
  const end = systemClock.monotonicMs() + timeoutMs;
  while (!done()) {
    if (systemClock.monotonicMs() > end) throw new Error(`waited ${timeoutMs} ms until ${what}`);
    await new Promise<void>((resolve) => systemClock.after(10, resolve));
  }
};
