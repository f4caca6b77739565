/**
 * One light charger per partition that calls at a fixed rate: the load, and the measure of when a partition is served. Open loop: a
 * call is due at its time whether or not the one before was answered, and latency counts from there. A call whose socket closed
 * is sent again on the next one, as chargers do, until it is answered.
 *
 * Every fourth probe sends DataTransfer, which is answered only after the journal took it; the others send Heartbeat.
 */

import type { Charger, ChargerEvent, EventSink } from '@voltlane/charger';
import { asChargerError, createCharger } from '@voltlane/charger';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import type { AcknowledgedMessage } from '@voltlane/testkit';
import { createSeededRandom, sleep, systemClock, withTimeout } from '@voltlane/time';
import { chargerId, partitionOf, tenant } from '@voltlane/wire';
import { PARTITIONS } from './observer.ts';
import { createRovingConnect } from './roving-connect.ts';
import type { Tally } from './tally.ts';

/** One probe as faults see it. */
export interface Probe {
  readonly id: string;
  readonly partition: number;
  /** True when its calls are answered only after the journal took them. */
  readonly durable: boolean;
  /** Index of its edge. */
  edge(): number;
  cut(redialMs: number): void;
}

/** Measures, from a moment on, when each of some probes was first served again. */
export interface Watch {
  /** Milliseconds from the start of the watch to the first answer to a call sent after it, of those served so far. */
  served(): readonly number[];
  /** Probes not served yet. */
  waiting(): number;
}

/** What came of the calls that were due in a window. */
export interface LoadFigures {
  readonly answered: number;
  readonly callsPerSecond: number;
  /** Calls due while the one before was still unanswered; they were merged into one. */
  readonly merged: number;
  /** Latencies from the due time, ms. */
  readonly latenciesMs: readonly number[];
}

/** All probes. */
export interface ProbeFleet {
  readonly probes: readonly Probe[];
  watch(affected: readonly Probe[]): Watch;
  /** Starts to collect figures; the returned function ends it. */
  measure(): () => LoadFigures;
  /** Stops calling and waits for what is outstanding; resolves to the calls that were never answered. */
  finish(): Promise<number>;
  /** Journalled messages that were answered, by charger, in the order of their answers. */
  acknowledged(): ReadonlyMap<string, readonly AcknowledgedMessage[]>;
}

/** How to build them. */
export interface ProbeOptions {
  readonly count: number;
  readonly callsPerSecond: number;
  readonly seed: number;
  readonly edgeUrls: readonly string[];
  readonly tally: Tally;
}

const DURABLE_EVERY = 4;
/** Calls per second of a durable probe; the heartbeats make up the rest of the load. */
const DURABLE_RATE_MAX = 4;
const BOOT_MS_MAX = 60_000;
const FINISH_MS_MAX = 60_000;
const BOOTING_AT_ONCE = 32;

interface ActiveWatch {
  readonly sinceMs: number;
  readonly affected: ReadonlySet<string>;
  readonly servedMs: Map<string, number>;
}

interface Window {
  readonly sinceMs: number;
  merged: number;
  readonly latenciesMs: number[];
}

/** What all probes share. */
interface Shared {
  readonly watches: Set<ActiveWatch>;
  readonly windows: Set<Window>;
  stopping: boolean;
}

/** Connects and boots all probes and starts the load. */
export async function startProbes(options: ProbeOptions): Promise<ProbeFleet> {
  const shared: Shared = { watches: new Set(), windows: new Set(), stopping: false };
  const identities = identitiesOf(options.count);
  const durables = Math.ceil(options.count / DURABLE_EVERY);
  const share = options.callsPerSecond / options.count;
  const durableRate = Math.min(DURABLE_RATE_MAX, share);
  const beatRate = (options.callsPerSecond - durables * durableRate) / Math.max(1, options.count - durables);
  const drivers = identities.map(
    (id, number) => new ProbeDriver(id, number, number % DURABLE_EVERY === 0 ? durableRate : beatRate, options, shared),
  );
  for (let from = 0; from < drivers.length; from += BOOTING_AT_ONCE) {
    const booting = drivers.slice(from, from + BOOTING_AT_ONCE).map((driver) => driver.boot());
    await withTimeout(systemClock, Promise.all(booting), BOOT_MS_MAX, 'the boot of the probes');
  }
  const running = drivers.map((driver) => driver.run());
  return {
    probes: drivers,
    watch: (affected) => startWatch(shared, affected),
    measure: () => startWindow(shared),
    finish: async () => {
      shared.stopping = true;
      await withTimeout(systemClock, Promise.all(running), FINISH_MS_MAX, 'the last answers').catch(() => undefined);
      const lost = drivers.filter((driver) => driver.busy).length;
      for (const driver of drivers) driver.charger.stop();
      return lost;
    },
    acknowledged: () =>
      new Map(drivers.filter(({ durable }) => durable).map((driver) => [driver.id, driver.acknowledged])),
  };
}

/** Identities that lie in as many different partitions as can be. */
function identitiesOf(count: number): readonly string[] {
  const taken = new Set<number>();
  const found: string[] = [];
  for (let number = 0; found.length < count; number += 1) {
    const id = `PROBE-${number}`;
    const partition = partitionOfProbe(id);
    if (taken.has(partition)) continue;
    taken.add(partition);
    if (taken.size === PARTITIONS) taken.clear();
    found.push(id);
  }
  return found;
}

function partitionOfProbe(id: string): number {
  return partitionOf(tenant('default'), chargerId(id), PARTITIONS);
}

function startWatch(shared: Shared, affected: readonly Probe[]): Watch {
  const ids = new Set(affected.map(({ id }) => id));
  const watch: ActiveWatch = { sinceMs: systemClock.monotonicMs(), affected: ids, servedMs: new Map() };
  shared.watches.add(watch);
  return {
    served: () => [...watch.servedMs.values()],
    waiting: () => ids.size - watch.servedMs.size,
  };
}

function startWindow(shared: Shared): () => LoadFigures {
  const window: Window = { sinceMs: systemClock.monotonicMs(), merged: 0, latenciesMs: [] };
  shared.windows.add(window);
  return () => {
    shared.windows.delete(window);
    const { latenciesMs, merged, sinceMs } = window;
    const seconds = (systemClock.monotonicMs() - sinceMs) / 1000;
    return { answered: latenciesMs.length, callsPerSecond: latenciesMs.length / seconds, merged, latenciesMs };
  };
}

class ProbeDriver implements Probe {
  readonly id: string;
  readonly partition: number;
  readonly durable: boolean;
  readonly edge: () => number;
  readonly charger: Charger;
  readonly acknowledged: AcknowledgedMessage[] = [];
  busy = false;
  readonly #shared: Shared;
  readonly #periodMs: number;
  readonly #phaseMs: number;
  #sentId = '';
  #sentMs = 0;

  constructor(id: string, number: number, callsPerSecond: number, options: ProbeOptions, shared: Shared) {
    const random = createSeededRandom(options.seed * 1_000_003 + number);
    const roving = createRovingConnect(options.edgeUrls, number, random);
    const count = options.tally.sink();
    const log: EventSink = (event) => {
      count(event);
      this.#follow(event);
    };
    this.id = id;
    this.partition = partitionOfProbe(id);
    this.durable = number % DURABLE_EVERY === 0;
    this.edge = () => roving.edge();
    this.#shared = shared;
    this.#periodMs = 1000 / callsPerSecond;
    this.#phaseMs = random.next() * this.#periodMs;
    this.charger = createCharger({
      id,
      version: OCPP_VERSIONS[number % OCPP_VERSIONS.length] ?? '1.6',
      url: options.edgeUrls[0] ?? '',
      clock: systemClock,
      random,
      connect: roving.connect,
      reconnect: { waitMinimumMs: 100, randomRangeMs: 400, repeatTimes: 2 },
      handshakeTimeoutMs: 2_000,
      log,
    });
  }

  cut(redialMs: number): void {
    this.charger.dropLink('terminate', redialMs);
  }

  boot(): Promise<void> {
    return this.charger.start();
  }

  /** Calls until the fleet stops. */
  async run(): Promise<void> {
    let dueMs = systemClock.monotonicMs() + this.#phaseMs;
    for (let number = 0; !this.#shared.stopping; number += 1) {
      const nowMs = systemClock.monotonicMs();
      if (dueMs > nowMs) await sleep(systemClock, dueMs - nowMs);
      if (this.#stopping()) return;
      this.busy = true;
      await this.#callUntilAnswered(number);
      this.busy = false;
      dueMs = this.#account(dueMs);
    }
  }

  #stopping(): boolean {
    return this.#shared.stopping;
  }

  async #callUntilAnswered(number: number): Promise<void> {
    for (;;) {
      await this.charger.ready();
      try {
        if (this.durable) {
          await this.charger.call('DataTransfer', { vendorId: 'voltlane.chaos', data: `${this.id} ${number}` });
          this.acknowledged.push({ action: 'DataTransfer', messageId: this.#sentId });
        } else await this.charger.call('Heartbeat', {});
        return;
      } catch (thrown) {
        // Counted by the tally. An error or a timeout ends the call; a lost link does not.
        const { code } = asChargerError(thrown);
        if (code !== 'link-lost') return;
        await sleep(systemClock, 1);
      }
    }
  }

  /** Notes an answer to the call due at `dueMs`; returns when the next one is due. */
  #account(dueMs: number): number {
    const nowMs = systemClock.monotonicMs();
    for (const watch of this.#shared.watches) {
      if (this.#sentMs < watch.sinceMs || !watch.affected.has(this.id) || watch.servedMs.has(this.id)) continue;
      watch.servedMs.set(this.id, nowMs - watch.sinceMs);
    }
    // Calls that came due meanwhile are one call now, late since the oldest of them.
    const nextMs = dueMs + this.#periodMs;
    const behind = Math.max(0, Math.floor((nowMs - nextMs) / this.#periodMs));
    for (const window of this.#shared.windows) {
      window.latenciesMs.push(nowMs - dueMs);
      window.merged += behind;
    }
    return behind === 0 ? nextMs : Math.max(nextMs, nowMs - this.#periodMs);
  }

  #follow(event: ChargerEvent): void {
    if (event.kind !== 'sent') return;
    this.#sentId = event.messageId;
    this.#sentMs = systemClock.monotonicMs();
  }
}
