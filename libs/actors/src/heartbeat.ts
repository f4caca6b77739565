/**
 * Says that this process lives: writes one entry again and again. Owns the entry and its order; who draws conclusions from it
 * (membership.ts) is somebody else, often in another process.
 */
import type { Bus, KeyValue } from '@voltlane/bus';
import { isBusError } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { MemberState } from './member.ts';
import { encodeMember } from './member.ts';

/** What a heartbeat needs. */
export interface HeartbeatDependencies {
  /** The key of the entry. */
  readonly member: string;
  readonly members: Pick<KeyValue, 'put' | 'delete'>;
  readonly bus: Pick<Bus, 'status' | 'onStatus'>;
  readonly clock: Clock;
  /** The bus took the heartbeat that was sent at `sentMs` (monotonic). */
  readonly onTaken?: (sentMs: number) => void;
}

/** Heartbeats without an answer yet; with more, the bus is not answering and another would not help. */
const BEATS_OUTSTANDING_MAX = 64;

/** The entry of one process. */
export class Heartbeat {
  /** What the entry says from the next heartbeat on. */
  state: MemberState = 'active';
  readonly #deps: HeartbeatDependencies;
  readonly #outstanding = new Set<Promise<void>>();
  #beat = 0;
  #failures = 0;

  constructor(deps: HeartbeatDependencies) {
    this.#deps = deps;
  }

  /** Heartbeats the bus did not take. */
  get failures(): number {
    return this.#failures;
  }

  /** Writes the entry once; resolves when the bus took it or failed. Nothing is written while the bus is away. */
  send(): Promise<void> {
    const { clock, members, bus, member, onTaken } = this.#deps;
    if (bus.status() !== 'connected' || this.#outstanding.size >= BEATS_OUTSTANDING_MAX) return Promise.resolve();
    this.#beat += 1;
    const sentMs = clock.monotonicMs();
    const sending = members.put(member, encodeMember({ member, beat: this.#beat, state: this.state })).then(
      () => onTaken?.(sentMs),
      (error: unknown) => this.failed(error),
    );
    this.#outstanding.add(sending);
    return sending.finally(() => this.#outstanding.delete(sending));
  }

  /** Removes the entry, after all heartbeats under way: one that came later would look like life. */
  async remove(): Promise<void> {
    await Promise.all(this.#outstanding);
    await this.#deps.members.delete(this.#deps.member).catch((error: unknown) => this.failed(error));
  }

  /** Counts what the bus failed; throws what is a fault of ours. */
  failed(error: unknown): void {
    if (!isBusError(error)) throw error;
    this.#failures += 1;
  }
}

/** A heartbeat that goes on by itself. */
export interface RunningHeartbeat {
  /** Heartbeats the bus did not take. */
  failures(): number;
  /** Says that it leaves, and removes the entry. */
  stop(): Promise<void>;
}

/** Starts one that asks nothing of others; resolves when the first was sent. */
export async function startHeartbeat(deps: HeartbeatDependencies, heartbeatMs: number): Promise<RunningHeartbeat> {
  const heartbeat = new Heartbeat(deps);
  const status = deps.bus.onStatus((now) => {
    if (now === 'connected') void heartbeat.send();
  });
  const stopBeat = deps.clock.every(heartbeatMs, () => void heartbeat.send());
  await heartbeat.send();
  return {
    failures: () => heartbeat.failures,
    stop: async () => {
      status.unsubscribe();
      stopBeat();
      heartbeat.state = 'leaving';
      await heartbeat.send();
      if (deps.bus.status() === 'connected') await heartbeat.remove();
    },
  };
}
