/**
 * Brings what a backend asks about a command to the owner of its charger, and the owner's answer back. Asks again, under the same
 * command id, until an owner answers: whatever dies meanwhile, the command is taken once. Used by the workers for NATS requests
 * and by the api for HTTP.
 *
 * Bounds: `inFlightMax` asks at once (one more is `overloaded`); each ends `REACH_MS` after the wait it asked for (`unavailable`).
 */
import { type Bus, BusError } from '@voltlane/bus';
import { backoffMs, type Clock, type Random, sleep } from '@voltlane/time';
import {
  type ChargerAddress,
  type CommandAsk,
  encodeCommandAsk,
  partitionOf,
  type Subjects,
  type Tenant,
} from '@voltlane/wire';
import { derivedCommandId, isCommandId, newCommandId } from './command-id.ts';
import { problem } from './command-problem.ts';
import { type CommandRequest, waitOf } from './command-request.ts';
import { type CommandAnswer, readAnswer } from './command-status.ts';
import type { CommandStore } from './command-store.ts';
import { OwnerWatch } from './owner-watch.ts';

/** What the client works with. */
export interface CommandClientDependencies {
  readonly bus: Pick<Bus, 'request' | 'subscribe'>;
  readonly subjects: Subjects;
  readonly partitions: number;
  readonly store: Pick<CommandStore, 'ended' | 'findOpen'>;
  /** The charger's identity as registered; the one given when nobody registered it. */
  readonly identity: (address: ChargerAddress) => Promise<ChargerAddress['chargerId']>;
  readonly clock: Clock;
  readonly random: Random;
  readonly inFlightMax: number;
}

/** Counts for metrics. */
export interface CommandClientStats {
  readonly inFlight: number;
  readonly asks: number;
  readonly repeats: number;
  readonly unreached: number;
  readonly overloaded: number;
}

/** How long, beyond the wait for the outcome, an owner is looked for: a takeover takes about a second, an election of NATS up to nine. */
const REACH_MS = 12_000;
/** An owner that holds the answer back is asked again this often: it may have died, and nobody have heard of the next. */
const ASK_AGAIN_MS = 2_000;
const BACKOFF = { minMs: 50, maxMs: 500, factor: 2, jitter: 0.2 } as const;

/** Asks owners. */
export class CommandClient {
  readonly #deps: CommandClientDependencies;
  readonly #owners: OwnerWatch;
  #inFlight = 0;
  #asks = 0;
  #repeats = 0;
  #unreached = 0;
  #overloaded = 0;

  constructor(deps: CommandClientDependencies) {
    this.#deps = deps;
    this.#owners = new OwnerWatch(deps);
  }

  /** Listens for new owners; without it they are only found by asking again. */
  start(): void {
    this.#owners.start();
  }

  stop(): void {
    this.#owners.stop();
  }

  /**
   * Has a command taken; resolves when it has ended, or after the wait of the request with what it is by then. `traceparent` is the span
   * of who asks, when that is traced.
   */
  async submit(
    address: ChargerAddress,
    action: string,
    request: CommandRequest,
    traceparent?: string,
  ): Promise<CommandAnswer> {
    const { clock, random } = this.#deps;
    const chargerId = await this.#deps.identity(address);
    const { idempotencyKey, payload, timeoutMs, ttlMs, priority, coalesceKey, requestedBy } = request;
    const { tenant } = address;
    return this.#ask({
      kind: 'commandSubmit',
      tenant,
      chargerId,
      commandId:
        idempotencyKey === undefined ? newCommandId(random) : derivedCommandId({ tenant, chargerId }, idempotencyKey),
      waitMs: waitOf(request),
      waitsWhileAway: request.wait !== undefined || ttlMs === 0,
      action,
      payload,
      timeoutMs,
      ttlMs,
      priority,
      coalesceKey,
      requestedBy,
      requestedAtMs: clock.nowMs(),
      repeated: idempotencyKey !== undefined,
      traceparent,
    });
  }

  /** Takes a command of this tenant back. */
  async cancel(tenant: Tenant, commandId: string, requestedBy: string | undefined): Promise<CommandAnswer> {
    const answer = await this.#askOwner(tenant, commandId, (address) => ({
      kind: 'commandCancel',
      ...address,
      commandId,
      waitMs: 0,
      requestedBy,
    }));
    if (answer !== undefined) return answer;
    const ended = await this.#ended(tenant, commandId);
    if (ended.kind === 'problem') return ended;
    return { kind: 'problem', problem: problem('not-cancellable', `command ${commandId} has ended`) };
  }

  /** How far a command of this tenant is; waits up to `waitMs` for its end. */
  async status(tenant: Tenant, commandId: string, waitMs: number = 0): Promise<CommandAnswer> {
    const ask = (address: ChargerAddress): CommandAsk => ({ kind: 'commandStatus', ...address, commandId, waitMs });
    return (await this.#askOwner(tenant, commandId, ask)) ?? this.#ended(tenant, commandId);
  }

  stats(): CommandClientStats {
    return {
      inFlight: this.#inFlight,
      asks: this.#asks,
      repeats: this.#repeats,
      unreached: this.#unreached,
      overloaded: this.#overloaded,
    };
  }

  /** Asks the owner about an open command of which only the id is known; undefined when no open command has it. */
  async #askOwner(
    tenant: Tenant,
    commandId: string,
    ask: (address: ChargerAddress) => CommandAsk,
  ): Promise<CommandAnswer | undefined> {
    if (!isCommandId(commandId)) return undefined;
    const open = await this.#deps.store.findOpen(commandId);
    if (open === undefined || open.tenant !== tenant) return undefined;
    const answer = await this.#ask(ask({ tenant, chargerId: open.chargerId }));
    // It ended between the two looks.
    return answer.kind === 'problem' && answer.problem.code === 'command-not-found' ? undefined : answer;
  }

  async #ended(tenant: Tenant, commandId: string): Promise<CommandAnswer> {
    const json = isCommandId(commandId) ? await this.#deps.store.ended(commandId) : undefined;
    const answer = json === undefined ? undefined : readAnswer(json);
    if (answer?.kind === 'status' && answer.tenant === tenant) return answer;
    const detail = `no command ${JSON.stringify(commandId.slice(0, 40))} is known`;
    return { kind: 'problem', problem: problem('command-not-found', detail) };
  }

  async #ask(ask: CommandAsk): Promise<CommandAnswer> {
    if (this.#inFlight >= this.#deps.inFlightMax) {
      this.#overloaded += 1;
      const detail = `${this.#deps.inFlightMax} requests are in hand, which is the limit of this process`;
      return { kind: 'problem', problem: problem('overloaded', detail) };
    }
    this.#inFlight += 1;
    try {
      return await this.#untilAnswered(ask);
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #untilAnswered(ask: CommandAsk): Promise<CommandAnswer> {
    const { bus, subjects, partitions, clock, random } = this.#deps;
    const partition = partitionOf(ask.tenant, ask.chargerId, partitions);
    const subject = subjects.forward(partition);
    const startedMs = clock.monotonicMs();
    const giveUpMs = startedMs + ask.waitMs + REACH_MS;
    let current = ask;
    for (let attempt = 1; ; attempt += 1) {
      const nowMs = clock.monotonicMs();
      const leftMs = giveUpMs - nowMs;
      if (leftMs <= 0) break;
      this.#asks += 1;
      if (attempt > 1) this.#repeats += 1;
      try {
        const request = bus.request(subject, encodeCommandAsk(current), Math.min(leftMs, ASK_AGAIN_MS));
        const reply = await this.#owners.orMoved(partition, request);
        if (reply !== 'moved') return readAnswer(new TextDecoder().decode(reply));
      } catch (cause) {
        if (!(cause instanceof BusError) || !cause.retryable) throw cause;
        // A time that ran out has waited already.
        if (cause.code !== 'timeout') {
          const pauseMs = Math.min(leftMs, backoffMs(attempt, BACKOFF, random));
          await this.#owners.orMoved(partition, sleep(clock, pauseMs));
        }
      }
      const waitMs = Math.max(0, ask.waitMs - (clock.monotonicMs() - startedMs));
      current = ask.kind === 'commandSubmit' ? { ...ask, waitMs, repeated: true } : { ...ask, waitMs };
    }
    this.#unreached += 1;
    const detail = `the owner of ${ask.tenant}/${ask.chargerId} did not answer in time; ask again under the same idempotencyKey`;
    return { kind: 'problem', problem: problem('unavailable', detail) };
  }
}
