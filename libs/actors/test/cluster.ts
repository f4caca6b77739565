/**
 * Several workers on one memory bus under one fake clock, and what can happen to them. A frozen worker stands still as under
 * SIGSTOP: its timers, the answers to its calls and its watches wait, and come all at once when it wakes.
 */
import type { KeyValue, KvChange, MemoryBroker, MemoryFaults, Subscription } from '@voltlane/bus';
import { createMemoryBus } from '@voltlane/bus';
import type { CancelTimer, Clock, FakeClock } from '@voltlane/time';
import { createFakeClock } from '@voltlane/time';
import type { Epoch, PartitionId, WorkerId } from '@voltlane/wire';
import { partitionId, workerId } from '@voltlane/wire';
import type { Claim, SharedOwnershipOptions } from '../src/index.ts';
import { assign, CLAIMS_BUCKET, decodeClaim, SharedOwnership, WORKERS_BUCKET } from '../src/index.ts';

export const OPTIONS: SharedOwnershipOptions = {
  heartbeatMs: 250,
  selfFenceMs: 700,
  memberExpiryMs: 1000,
  handOverMs: 2000,
  rebalanceInFlightMax: 8,
};

const CLAIMS = { bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 } as const;
const WORKERS = { bucket: WORKERS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 } as const;

/** Holds back everything that would run in a worker while it is shut. */
class Gate {
  #waiting: (() => void)[] = [];
  #shut = false;

  run(task: () => void): void {
    if (this.#shut) this.#waiting.push(task);
    else task();
  }

  shut(): void {
    this.#shut = true;
  }

  open(): void {
    this.#shut = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) task();
  }
}

function gatedClock(clock: Clock, gate: Gate): Clock {
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (ms, fire) => clock.after(ms, () => gate.run(fire)),
    every: (ms, fire): CancelTimer => {
      // As Node does: an interval that fell due several times while the process stood still fires once.
      let due = false;
      return clock.every(ms, () => {
        if (due) return;
        due = true;
        gate.run(() => {
          due = false;
          fire();
        });
      });
    },
  };
}

function gatedKeyValue(bucket: KeyValue, gate: Gate, hidden: ReadonlySet<string>): KeyValue {
  const gated = <T>(pending: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      pending.then(
        (value) => gate.run(() => resolve(value)),
        (error: unknown) => gate.run(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
  return {
    get: (key) => gated(bucket.get(key)),
    put: (key, value) => gated(bucket.put(key, value)),
    update: (key, value, expected) => gated(bucket.update(key, value, expected)),
    delete: (key) => gated(bucket.delete(key)),
    drop: (key, revision) => gated(bucket.drop(key, revision)),
    keys: (filter) => gated(bucket.keys(filter)),
    watch: (filter, onChange, onReady): Promise<Subscription> =>
      gated(
        bucket.watch(
          filter,
          (change: KvChange) => {
            if (!hidden.has(change.key)) gate.run(() => onChange(change));
          },
          () => gate.run(() => onReady?.()),
        ),
      ),
  };
}

/** One worker: what it was told, and handles to disturb it. */
export interface Node {
  readonly id: WorkerId;
  readonly ownership: SharedOwnership;
  /** `gained p e`, `released p`, `lost p` in order. */
  readonly log: string[];
  /** Members whose heartbeats this worker does not get to see. */
  readonly hidden: Set<string>;
  readonly started: Promise<void>;
  /** Makes hand-overs wait until the returned function is called. */
  holdMailboxes(): () => void;
  /** Partitions it was told to run and not told to stop. */
  readonly running: Set<PartitionId>;
  frozen: boolean;
  dead: boolean;
}

/** The workers and their bus. */
export class Cluster {
  readonly clock: FakeClock = createFakeClock();
  readonly broker: MemoryBroker;
  readonly nodes = new Map<string, Node>();
  readonly partitions: readonly PartitionId[];
  readonly #options: SharedOwnershipOptions;
  readonly #gates = new Map<string, Gate>();
  /** Highest epoch ever seen in each claim, and who holds or held it with that. */
  readonly #epochs = new Map<string, number>();
  readonly #takers = new Map<string, WorkerId>();
  readonly violations: string[] = [];
  #claims: KeyValue | undefined;

  constructor(partitions: number, over: Partial<SharedOwnershipOptions> = {}, faults: MemoryFaults = {}) {
    this.partitions = Array.from({ length: partitions }, (_, index) => partitionId(index));
    this.#options = { ...OPTIONS, ...over };
    this.broker = createMemoryBus({ clock: this.clock, faults });
  }

  /** Watches all claims from outside: epochs only grow, and one epoch belongs to one worker. */
  async observe(): Promise<void> {
    this.#claims = await this.broker.connect('observer').keyValue(CLAIMS);
    await this.#claims.watch('>', ({ key, value }) => {
      if (value === undefined) return;
      const claim = decodeClaim(value);
      const before = this.#epochs.get(key) ?? 0;
      if (claim.epoch < before) this.violations.push(`claim ${key} went from epoch ${before} to ${claim.epoch}`);
      this.#epochs.set(key, claim.epoch);
      if (claim.worker === undefined) return;
      const taker = this.#takers.get(`${key} ${claim.epoch}`) ?? claim.worker;
      if (taker !== claim.worker) this.violations.push(`${taker} and ${claim.worker} both took ${key} ${claim.epoch}`);
      this.#takers.set(`${key} ${claim.epoch}`, taker);
    });
  }

  async claim(partition: number): Promise<Claim | undefined> {
    const entry = await this.#claims?.get(`p.${partition}`);
    return entry === undefined ? undefined : decodeClaim(entry.value);
  }

  /** Starts a worker; it joins as time goes by. */
  async join(name: string, hidden: readonly string[] = []): Promise<Node> {
    const bus = this.broker.connect(name);
    const gate = new Gate();
    const hiddenSet = new Set(hidden);
    const id = workerId(name);
    const ownership = new SharedOwnership({
      worker: id,
      partitions: this.partitions.length,
      claims: gatedKeyValue(await bus.keyValue(CLAIMS), gate, new Set()),
      members: gatedKeyValue(await bus.keyValue(WORKERS), gate, hiddenSet),
      bus,
      clock: gatedClock(this.clock, gate),
      options: this.#options,
    });
    const log: string[] = [];
    const running = new Set<PartitionId>();
    let held = Promise.resolve();
    const started = ownership.start({
      gained: (partition, epoch) => {
        if (running.has(partition)) this.violations.push(`${name} gained ${partition} twice`);
        running.add(partition);
        log.push(`gained ${partition} ${epoch}`);
      },
      released: async (partition) => {
        log.push(`released ${partition}`);
        await held;
        running.delete(partition);
      },
      lost: (partition) => {
        running.delete(partition);
        log.push(`lost ${partition}`);
      },
    });
    const node: Node = {
      id,
      ownership,
      log,
      hidden: hiddenSet,
      started,
      running,
      frozen: false,
      dead: false,
      holdMailboxes: () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        held = promise;
        return resolve;
      },
    };
    this.nodes.set(name, node);
    this.#gates.set(name, gate);
    return node;
  }

  /** The process stands still. */
  freeze(name: string): void {
    this.node(name).frozen = true;
    this.#gate(name).shut();
  }

  /** And goes on: everything that waited comes at once. */
  thaw(name: string): void {
    this.node(name).frozen = false;
    this.#gate(name).open();
  }

  /** kill -9. */
  crash(name: string): void {
    this.freeze(name);
    this.broker.cut(name);
    this.node(name).dead = true;
  }

  node(name: string): Node {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no worker ${name}`);
    return node;
  }

  living(): Node[] {
    return [...this.nodes.values()].filter((node) => !node.dead);
  }

  /** Lets time go by in small steps and looks after each. */
  async pass(ms: number, stepMs = 10): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await this.clock.advanceAsync(Math.min(stepMs, left));
      this.look();
    }
  }

  /** Time until `reached`, at most `maxMs`. */
  async until(reached: () => boolean, maxMs: number, stepMs = 10): Promise<number> {
    const startMs = this.clock.monotonicMs();
    await this.clock.advanceAsync(0);
    this.look();
    while (!reached()) {
      if (this.clock.monotonicMs() - startMs >= maxMs) return Number.POSITIVE_INFINITY;
      await this.clock.advanceAsync(stepMs);
      this.look();
    }
    return this.clock.monotonicMs() - startMs;
  }

  /** What must hold at any time. A dead process acts no more; a frozen one would, the moment it wakes. */
  look(): void {
    for (const partition of this.partitions) {
      const holders = this.living().filter((node) => node.ownership.epochOf(partition) !== undefined);
      if (holders.length > 1) {
        const at = this.clock.monotonicMs();
        this.violations.push(
          `${holders.map((node) => node.id).join(' and ')} act for partition ${partition} at ${at} ms`,
        );
      }
    }
  }

  holderOf(partition: PartitionId): WorkerId | undefined {
    return this.living().find((node) => node.ownership.epochOf(partition) !== undefined)?.id;
  }

  epochOf(partition: PartitionId): Epoch | undefined {
    for (const node of this.living()) {
      const epoch = node.ownership.epochOf(partition);
      if (epoch !== undefined) return epoch;
    }
    return undefined;
  }

  allOwned(): boolean {
    return this.partitions.every((partition) => this.holderOf(partition) !== undefined);
  }

  /** True when every partition is where the assignment over `names` wants it. */
  settledOn(names: readonly string[]): boolean {
    const owners = assign(
      this.partitions.length,
      names.map((name) => workerId(name)),
    );
    return this.partitions.every((partition) => this.holderOf(partition) === owners[partition]);
  }

  #gate(name: string): Gate {
    const gate = this.#gates.get(name);
    if (gate === undefined) throw new Error(`no worker ${name}`);
    return gate;
  }
}
