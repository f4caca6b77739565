/**
 * Asks edges which sessions they hold, in pages: about the partitions this worker gained, and about all it has when an edge comes.
 * Puts the answers into the index; where the index knows better, or the edge had been given up, the actor looks into it.
 *
 * Retried once a second for as long as the edge lives and the partition is held: an edge that does not answer yet costs only that its
 * chargers are not known, should it die before.
 */
import type { Bus } from '@voltlane/bus';
import { isBusError } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { EdgeId, ListedSession, PartitionId, Subjects } from '@voltlane/wire';
import { decodeSessionsPage, encodeSessionsQuestion, partitionOf, WireError } from '@voltlane/wire';
import type { SessionIndex } from './session-index.ts';

/** What the census works with. */
export interface CensusDependencies {
  readonly bus: Pick<Bus, 'request'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly partitions: number;
  readonly index: SessionIndex;
  readonly isLive: (edgeId: EdgeId) => boolean;
  /** The session must be looked into by its actor. */
  readonly onListed: (partition: PartitionId, session: ListedSession) => void;
}

interface Inquiry {
  readonly partitions: Set<PartitionId>;
  /** The edge had been given up: its sessions may have to be attached again. */
  returned: boolean;
  running: boolean;
}

/** Partitions are gained many at a time: one question for all that come within this time, ms. */
const GATHER_MS = 50;
const RETRY_MS = 1_000;
const ANSWER_MS_MAX = 2_000;
/** Edges asked at the same time; each answer is a page of some ten kilobytes. */
const ASKED_MAX = 8;

/** Learns sessions from edges. */
export class Census {
  readonly #deps: CensusDependencies;
  readonly #inquiries = new Map<EdgeId, Inquiry>();
  #timer: (() => void) | undefined;
  #asking = 0;
  #pages = 0;
  #failures = 0;
  #stopped = false;

  constructor(deps: CensusDependencies) {
    this.#deps = deps;
  }

  /** Asks this edge about these partitions, soon. */
  ask(edgeId: EdgeId, partitions: readonly PartitionId[], returned: boolean = false): void {
    let inquiry = this.#inquiries.get(edgeId);
    if (inquiry === undefined) {
      inquiry = { partitions: new Set(), returned, running: false };
      this.#inquiries.set(edgeId, inquiry);
    }
    inquiry.returned ||= returned;
    for (const partition of partitions) inquiry.partitions.add(partition);
    this.#soon(GATHER_MS);
  }

  /** Pages read, and questions without an answer. */
  stats(): { readonly pages: number; readonly failures: number } {
    return { pages: this.#pages, failures: this.#failures };
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.();
    this.#inquiries.clear();
  }

  #soon(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer ??= this.#deps.clock.after(delayMs, () => {
      this.#timer = undefined;
      for (const [edgeId, inquiry] of this.#inquiries) {
        if (this.#asking >= ASKED_MAX) return;
        if (!inquiry.running) void this.#inquire(edgeId, inquiry);
      }
    });
  }

  async #inquire(edgeId: EdgeId, inquiry: Inquiry): Promise<void> {
    const { index, isLive } = this.#deps;
    const partitions = [...inquiry.partitions].filter((partition) => index.holds(partition));
    if (partitions.length === 0 || !isLive(edgeId)) {
      this.#inquiries.delete(edgeId);
      return;
    }
    const { returned } = inquiry;
    inquiry.partitions.clear();
    inquiry.returned = false;
    inquiry.running = true;
    this.#asking += 1;
    const answered = await this.#read(edgeId, partitions, returned);
    this.#asking -= 1;
    inquiry.running = false;
    if (!answered) {
      for (const partition of partitions) inquiry.partitions.add(partition);
      inquiry.returned ||= returned;
    } else if (inquiry.partitions.size === 0) this.#inquiries.delete(edgeId);
    if (this.#inquiries.size > 0) this.#soon(answered ? GATHER_MS : RETRY_MS);
  }

  /** All pages; false when one did not come. */
  async #read(edgeId: EdgeId, partitions: readonly PartitionId[], returned: boolean): Promise<boolean> {
    const { bus, subjects } = this.#deps;
    let after: number | undefined = 0;
    try {
      while (after !== undefined && !this.#stopped) {
        const question = encodeSessionsQuestion({ partitions, after });
        const page = decodeSessionsPage(await bus.request(subjects.edgeSessions(edgeId), question, ANSWER_MS_MAX));
        this.#pages += 1;
        for (const session of page.sessions) this.#take(session, returned);
        after = page.next;
      }
      return true;
    } catch (error) {
      if (!isBusError(error) && !(error instanceof WireError)) throw error;
      this.#failures += 1;
      return false;
    }
  }

  #take(session: ListedSession, returned: boolean): void {
    const { index, onListed } = this.#deps;
    const { tenant, chargerId, edgeId } = session;
    const partition = partitionOf(tenant, chargerId, this.#deps.partitions);
    const charger = { partition, tenant, chargerId };
    const known = index.edgeOf(charger);
    if (known === undefined) index.put(charger, edgeId);
    if (returned || (known !== undefined && known !== edgeId)) onListed(partition, session);
  }
}
