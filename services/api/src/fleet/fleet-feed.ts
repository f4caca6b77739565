/**
 * Keeps the view of the fleet up to date: the registry's records, the newest state of each charger from the journal and every later
 * one, and what the owners write about who was last heard of. Owns the subscriptions and the figures.
 *
 * Start: registry and journal side by side; when both have caught up, last seen (whose chargers are known by then); when that
 * has, too, the view is ready. All three survive reconnects, leader changes and restarts of the bus by themselves.
 */
import type { Journal, KeyValue, KvChange, StoredRecord, Subscription } from '@voltlane/bus';
import { readState } from '@voltlane/charger-state';
import type { Registry } from '@voltlane/registry';
import type { Logger, Metrics } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import { decodeLastSeen, type Subjects, WireError } from '@voltlane/wire';
import { FleetView } from './fleet-view.ts';

/** What the feed works with. */
export interface FleetFeedPorts {
  readonly journal: Pick<Journal, 'consumeNewest'>;
  readonly registry: Pick<Registry, 'watchChargers'>;
  /** Pages of last seen chargers. */
  readonly lastSeen: Pick<KeyValue, 'watch'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Metrics;
  /** Chargers the view holds at most. */
  readonly chargersMax: number;
}

/** The fleet as this process sees it. */
export interface Fleet {
  readonly view: FleetView;
  /** True once everything there was at the start is in the view. */
  ready(): boolean;
  stop(): void;
}

/** Starts reading; resolves when the readers are set up, not when they have caught up. */
export async function startFleet(ports: FleetFeedPorts): Promise<Fleet> {
  const { journal, registry, subjects } = ports;
  const feed = new FleetFeed(ports);
  await Promise.all([
    feed.keep(
      registry.watchChargers(
        (change) => feed.record(change),
        () => feed.caughtUp('registry'),
      ),
    ),
    feed.keep(
      journal.consumeNewest(
        subjects.eventFilter({ class: 'state' }),
        (record) => feed.state(record),
        () => feed.caughtUp('journal'),
      ),
    ),
  ]);
  return feed;
}

type Source = 'registry' | 'journal' | 'lastSeen';

class FleetFeed implements Fleet {
  readonly view: FleetView;
  readonly #ports: FleetFeedPorts;
  readonly #startedMs: number;
  readonly #behind = new Set<Source>(['registry', 'journal', 'lastSeen']);
  readonly #subscriptions: Subscription[] = [];
  #unreadable = 0;
  #open = true;

  constructor(ports: FleetFeedPorts) {
    this.#ports = ports;
    this.#startedMs = ports.clock.monotonicMs();
    this.view = new FleetView(ports.chargersMax);
    this.#report();
  }

  ready(): boolean {
    return this.#behind.size === 0;
  }

  stop(): void {
    this.#open = false;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** Ends the subscription with the feed, also when it comes late. */
  async keep(starting: Promise<Subscription>): Promise<void> {
    const subscription = await starting;
    if (this.#open) this.#subscriptions.push(subscription);
    else subscription.unsubscribe();
  }

  caughtUp(source: Source): void {
    this.#behind.delete(source);
    if (source === 'lastSeen') {
      // Put in order now: the first list would else wait for it.
      this.view.table();
      const tookMs = Math.round(this.#ports.clock.monotonicMs() - this.#startedMs);
      this.#ports.log.info({ chargers: this.view.size, tookMs }, 'fleet read');
    } else if (this.#behind.size === 1) this.#watchLastSeen();
  }

  record(change: Parameters<Parameters<Registry['watchChargers']>[0]>[0]): void {
    const { tenant, id, record } = change;
    // What was known of it before is better than nothing.
    if (record === 'unreadable') this.#unreadable += 1;
    else this.view.applyRecord(tenant, id, record);
  }

  state(record: StoredRecord): void {
    const address = this.#ports.subjects.parseEvent(record.subject);
    if (address === undefined) return;
    const state = this.#read(() => readState(record.headers));
    if (state !== undefined) this.view.applyState(address, record.sequence, state);
  }

  #watchLastSeen(): void {
    const starting = this.#ports.lastSeen.watch(
      '>',
      (change) => this.#seen(change),
      () => this.caughtUp('lastSeen'),
    );
    this.keep(starting).catch((error: unknown) => {
      if (!this.#open) return;
      this.#ports.log.warn({ err: error }, 'last seen cannot be read yet');
      this.#ports.clock.after(RETRY_MS, () => {
        if (this.#open) this.#watchLastSeen();
      });
    });
  }

  #seen({ value }: KvChange): void {
    if (value === undefined) return;
    const page = this.#read(() => decodeLastSeen(value));
    for (const seen of page?.chargers ?? []) this.view.applySeen(seen, seen.seenAtS);
  }

  /** What another version wrote, or nobody of ours, is counted and left out. */
  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#unreadable += 1;
      return undefined;
    }
  }

  #report(): void {
    const { metrics } = this.#ports;
    metrics.readGauge({ name: 'api_fleet_chargers', help: 'Chargers in the view.', read: () => this.view.size });
    metrics.readGauge({
      name: 'api_fleet_connected_chargers',
      help: 'Chargers with a session, by their newest record.',
      read: () => this.view.connected,
    });
    metrics.readGauge({
      name: 'api_fleet_incomplete',
      help: '1 when there are more chargers than VOLTLANE_FLEET_CHARGERS_MAX: lists are refused.',
      read: () => (this.view.incomplete ? 1 : 0),
    });
    metrics.readCounter({
      name: 'api_fleet_unreadable_total',
      help: 'Records of registry, journal and last seen that could not be read.',
      read: () => this.#unreadable,
    });
  }
}

const RETRY_MS = 1_000;
