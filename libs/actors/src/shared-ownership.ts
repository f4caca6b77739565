/**
 * Which partitions this worker may act for, agreed on with all other workers through two buckets and nothing else. There is no
 * leader: each worker computes the same assignment (`assignment.ts`) from the same members (`membership.ts`) and moves its own
 * claims (`claim-table.ts`) towards it; where two disagree for a moment, compare-and-set settles it, one partition at a time.
 *
 * A claim {worker, epoch} is good while the heartbeat of its worker moves. It is never renewed: the cost is one heartbeat per
 * worker, whatever the number of partitions is.
 *
 * Normal operation. Nothing is written but heartbeats. Every worker holds what the assignment gives it.
 *
 * A member joins. It heartbeats, sees the others, and computes what it should hold. Free claims and those of the dead it takes
 * at once; for the rest it waits. The holders see it, compute the same, and hand over what it wins, `rebalanceInFlightMax` at a
 * time: stop listening, finish the mailbox, free the claim. The newcomer sees the claim come free and takes it, with the next
 * epoch. Messages sent meanwhile find nobody; the edges keep them, and send them when the newcomer announces itself.
 *
 * A member leaves. It says so in its heartbeat first, so that the others reckon without it, then hands everything over as
 * above, then removes its entry.
 *
 * A member crashes. Its heartbeat stands still, and after two of them nobody is found on its line (`membership.ts`): each of the
 * others drops it from the assignment and takes the claims it now wins; nobody has to release them.
 *
 * A member is cut off from the bus. The others find nobody on its line, too, and do not wait. It can do nothing meanwhile, and
 * is fenced before it is heard again.
 *
 * A member hangs (SIGSTOP, a stall) and returns. `selfFenceMs` after the last heartbeat it knows was taken, it
 * is fenced: `epochOf` says so the moment it runs again, before any timer could, and it drops its partitions. Only after
 * that (`memberExpiryMs`) do others take them, so in good order nobody ever acts beside it. When its heartbeats get through
 * again, it joins anew, and takes nothing back but under new epochs.
 *
 * What if that order is broken, because clocks run at different speed or a process stops between looking and acting? Then
 * the effects are fenced where they land: an append must name the charger's last sequence, and edges drop messages with an
 * epoch below the highest they have seen for the partition. That is why epochs only grow.
 *
 * The bus goes away, or its key-value store does. Everybody is fenced; nobody is judged (`membership.ts`). When it is back, each
 * takes its own partitions again, under new epochs, and the others wait for it as they would for any live member.
 *
 * Invariants
 * 1. `epochOf` is the epoch of a claim this worker wrote, has not freed, has not seen replaced, and was not fenced since.
 * 2. A partition's epoch only grows, and two workers never hold it with the same epoch.
 * 3. A claim of a live worker is freed by that worker alone; nobody takes it away.
 * 4. A claim is freed only after its mailbox is finished or dropped.
 * 5. At most `rebalanceInFlightMax` partitions are on their way from one worker at a time, unless it is leaving.
 * 6. Workers that agree on the members, and live, end with every partition held by its owner in the assignment, and rest there.
 */
import type { Bus, KeyValue } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { Epoch, PartitionId, WorkerId } from '@voltlane/wire';
import { epoch, isWorkerId } from '@voltlane/wire';
import { assign } from './assignment.ts';
import type { ClaimStep } from './claim-step.ts';
import { nextStep } from './claim-step.ts';
import type { Slot } from './claim-table.ts';
import { ClaimTable } from './claim-table.ts';
import type { PresenceLine } from './membership.ts';
import { Membership } from './membership.ts';
import type { Ownership, PartitionListener } from './ownership.ts';
import type { OwnershipStats, SharedOwnershipOptions } from './shared-ownership-options.ts';

/** What shared ownership needs. */
export interface SharedOwnershipDependencies {
  readonly worker: WorkerId;
  readonly partitions: number;
  /** Bucket of the claims. */
  readonly claims: KeyValue;
  /** Bucket of the members. */
  readonly members: KeyValue;
  readonly bus: Pick<Bus, 'status' | 'onStatus'>;
  readonly clock: Clock;
  readonly line?: PresenceLine<WorkerId>;
  readonly options: SharedOwnershipOptions;
}

/** Claims being taken at the same time: enough to take all of a dead worker's in a few round trips. */
const ACQUIRE_IN_FLIGHT_MAX = 64;
/** A leaving worker hands over in this many rounds at most, however much it holds: its stop has a deadline. */
const LEAVE_ROUNDS_MAX = 4;
/** Wait after a claim could not be written. */
const RETRY_MS = 200;
/** How long a start may take until it goes on without having settled; readiness keeps telling. */
const START_MS_MAX = 10_000;

/** Holds this worker's share of the partitions. */
export class SharedOwnership implements Ownership {
  readonly #deps: SharedOwnershipDependencies;
  readonly #membership: Membership<WorkerId>;
  readonly #table: ClaimTable;
  #listener: PartitionListener | undefined;
  #owners: readonly (WorkerId | undefined)[] | undefined;
  /** Grows each time this worker is fenced: what was begun before must not end as held. */
  #term = 0;
  #started = false;
  #leaving = false;
  #stopping: Promise<void> | undefined;
  #passPending = false;
  #acquiring = 0;
  #handing = 0;
  #handingMax: number;
  /** Called after each pass. */
  readonly #waiting = new Set<() => void>();
  #counts = { gained: 0, lost: 0, handedOver: 0, handOverTimeouts: 0, fenced: 0 };

  constructor(deps: SharedOwnershipDependencies) {
    this.#deps = deps;
    const { worker, members, bus, clock, options, claims, partitions, line } = deps;
    this.#handingMax = options.rebalanceInFlightMax;
    this.#membership = new Membership({
      self: worker,
      isMember: isWorkerId,
      role: 'active',
      members,
      bus,
      clock,
      times: options,
      ...(line === undefined ? {} : { line }),
    });
    this.#table = new ClaimTable(claims, partitions, (slot, fresh) => this.#observe(slot, fresh));
  }

  /**
   * Claims before members: a holder found among the claims has its entry in the bucket before, so who has none is dead. Resolves
   * when this worker holds its share or waits for live holders only, and after `START_MS_MAX` whatever it holds.
   */
  async start(listener: PartitionListener): Promise<void> {
    this.#listener = listener;
    await this.#table.start();
    await this.#membership.start({
      fenced: () => this.#fence(),
      changed: () => {
        this.#owners = undefined;
        this.#passSoon();
      },
      ticked: () => this.#retry(),
    });
    this.#started = true;
    this.#passSoon();
    await this.#until(() => this.healthy() || this.#leaving, START_MS_MAX);
  }

  epochOf(partition: PartitionId): Epoch | undefined {
    if (!this.#membership.isCurrent()) return undefined;
    return this.#table.slots[partition]?.held;
  }

  healthy(): boolean {
    if (!this.#started || this.#leaving || !this.#membership.isCurrent()) return false;
    const owners = this.#assignment();
    return this.#table.slots.every(({ partition, held, worker }) => {
      if (owners[partition] !== this.#deps.worker || held !== undefined) return true;
      return worker !== undefined && worker !== this.#deps.worker && this.#membership.hasMoved(worker);
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async #leave(): Promise<void> {
    const held = this.#table.slots.filter((slot) => slot.held !== undefined).length;
    this.#handingMax = Math.max(this.#handingMax, Math.ceil(held / LEAVE_ROUNDS_MAX));
    await this.#membership.leave();
    this.#leaving = true;
    this.#passSoon();
    await this.#until(() => this.#table.slots.every((slot) => slot.held === undefined && !slot.busy));
    await this.#membership.stop();
    this.#table.stop();
  }

  /** Numbers for metrics. */
  stats(): OwnershipStats {
    const { livePeers, heartbeatFailures } = this.#membership.stats();
    const { conflicts, failures, unreadable } = this.#table.stats();
    const own = this.#membership.isCurrent() ? 1 : 0;
    const { slots } = this.#table;
    return {
      ...this.#counts,
      held: own === 0 ? 0 : slots.filter((slot) => slot.held !== undefined).length,
      unowned: own === 0 ? slots.length : slots.filter((slot) => !this.#isServed(slot)).length,
      members: livePeers + own,
      heartbeatFailures,
      claimConflicts: conflicts,
      claimFailures: failures,
      claimsUnreadable: unreadable,
    };
  }

  #isServed({ worker, held }: Slot): boolean {
    if (worker === this.#deps.worker) return held !== undefined;
    return worker !== undefined && this.#membership.isLive(worker);
  }

  #assignment(): readonly (WorkerId | undefined)[] {
    this.#owners ??= assign(this.#deps.partitions, this.#membership.active());
    return this.#owners;
  }

  /** Everything goes at once: what this worker holds may be somebody else's by now. */
  #fence(): void {
    this.#term += 1;
    this.#owners = undefined;
    this.#counts.fenced += 1;
    for (const slot of this.#table.slots) this.#lose(slot);
    this.#passSoon();
  }

  #lose(slot: Slot): void {
    if (slot.held === undefined) return;
    slot.held = undefined;
    this.#counts.lost += 1;
    this.#listener?.lost(slot.partition);
  }

  #observe(slot: Slot, fresh: boolean): void {
    if (slot.worker !== this.#deps.worker || slot.epoch !== slot.held) this.#lose(slot);
    if (fresh && slot.worker !== undefined) this.#membership.sighted(slot.worker);
    if (this.#started) this.#passSoon();
  }

  /** Only what failed needs the clock; everything else moves by what the watches bring. */
  #retry(): void {
    if (this.#table.slots.some((slot) => slot.stale && !slot.busy)) this.#passSoon();
    else this.#wake();
  }

  /** One pass after all that is being told right now. */
  #passSoon(): void {
    if (this.#passPending) return;
    this.#passPending = true;
    queueMicrotask(() => {
      this.#passPending = false;
      if (this.#started && this.#membership.isCurrent()) this.#pass();
      this.#wake();
    });
  }

  #pass(): void {
    const owners = this.#assignment();
    const nowMs = this.#deps.clock.monotonicMs();
    for (const slot of this.#table.slots) {
      if (slot.busy || (slot.stale && nowMs < slot.retryAtMs)) continue;
      this.#take(slot, this.#stepOf(slot, owners[slot.partition]));
    }
  }

  #stepOf(slot: Slot, owner: WorkerId | undefined): ClaimStep {
    const { worker: holder, held } = slot;
    return nextStep({
      me: this.#deps.worker,
      held: held !== undefined,
      holder,
      holderLive: holder !== undefined && this.#membership.isLive(holder),
      owner,
      leaving: this.#leaving,
    });
  }

  #take(slot: Slot, step: ClaimStep): void {
    switch (step) {
      case 'acquire':
        if (this.#acquiring < ACQUIRE_IN_FLIGHT_MAX) void this.#acquire(slot);
        return;
      case 'handOver':
        if (this.#handing < this.#handingMax) void this.#handOver(slot);
        return;
      case 'disown':
        void this.#disown(slot);
        return;
      case 'wait':
      case 'rest':
        return;
      default:
        step satisfies never;
    }
  }

  async #acquire(slot: Slot): Promise<void> {
    const { worker } = this.#deps;
    const term = this.#term;
    const next = epoch(slot.epoch + 1);
    slot.busy = true;
    this.#acquiring += 1;
    const written = await this.#table.write(slot, { worker, epoch: next });
    this.#acquiring -= 1;
    // Between the write and its answer this worker may have been fenced, or the claim taken by somebody else.
    const mine = slot.worker === worker && slot.epoch === next;
    if (written && mine && term === this.#term && this.#membership.isCurrent()) {
      slot.held = next;
      this.#counts.gained += 1;
      this.#listener?.gained(slot.partition, next);
    }
    this.#done(slot);
  }

  async #handOver(slot: Slot): Promise<void> {
    const { held } = slot;
    if (held === undefined) return;
    slot.busy = true;
    this.#handing += 1;
    const finished = await this.#finish(slot.partition);
    // Lost or fenced meanwhile: there is nothing left to give.
    if (slot.held === held) {
      slot.held = undefined;
      this.#counts.handedOver += 1;
      if (!finished) {
        this.#counts.handOverTimeouts += 1;
        this.#listener?.lost(slot.partition);
      }
      await this.#table.write(slot, { worker: undefined, epoch: held });
    }
    this.#handing -= 1;
    this.#done(slot);
  }

  /** True when the mailboxes were finished in time. */
  async #finish(partition: PartitionId): Promise<boolean> {
    const { clock, options } = this.#deps;
    const late = Promise.withResolvers<boolean>();
    const cancel = clock.after(options.handOverMs, () => late.resolve(false));
    const finished = this.#listener?.released(partition).then(() => true) ?? true;
    const outcome = await Promise.race([finished, late.promise]);
    cancel();
    return outcome;
  }

  async #disown(slot: Slot): Promise<void> {
    slot.busy = true;
    await this.#table.write(slot, { worker: undefined, epoch: epoch(slot.epoch) });
    this.#done(slot);
  }

  #done(slot: Slot): void {
    slot.busy = false;
    if (slot.stale) slot.retryAtMs = this.#deps.clock.monotonicMs() + RETRY_MS;
    this.#passSoon();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  #until(reached: () => boolean, ms: number = Number.POSITIVE_INFINITY): Promise<void> {
    if (reached()) return Promise.resolve();
    const { clock } = this.#deps;
    const endMs = clock.monotonicMs() + ms;
    return new Promise((resolve) => {
      const check = (): void => {
        if (!reached() && clock.monotonicMs() < endMs) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }
}
