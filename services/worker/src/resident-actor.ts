/**
 * A charger in memory between two messages: its state rests as the text of the header of its last record, and the answers it may have to
 * repeat as another: two objects instead of some fifty. Reading it back takes about 10 µs of a call; marking 80,000 states of objects took a worker
 * 1–2 s of two cores every few seconds, with calls waiting meanwhile (docs/decisions/0016-resting-state.md).
 *
 * Invariant: the text is the state. Both come from the same acknowledged record.
 */
import type { AnsweredCall, ChargerState } from '@voltlane/charger-state';
import { readAnswers, readState, STATE_HEADER, writeAnswers } from '@voltlane/charger-state';
import type { ChargerId, Epoch, PartitionId, Tenant } from '@voltlane/wire';
import type { ChargerActor } from './charger-actor.ts';
import type { ParkedCall } from './delegation/parked-call.ts';
import type { ChargerPolicy } from './domain/policy.ts';

/** What an actor is from its first to its last moment. */
export type ActorIdentity = Pick<ChargerActor, 'tenant' | 'chargerId' | 'partition' | 'epoch'>;

/** The newest record of a charger: the header with its state, undefined when there is none, and where the next one goes. */
export interface ActorTail {
  readonly header: string | undefined;
  readonly expectedSequence: number;
}

const NONE: readonly AnsweredCall[] = [];

/** See the head of this file. */
export class ResidentActor implements ChargerActor {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly partition: PartitionId;
  readonly epoch: Epoch;
  expectedSequence: number;
  policy: ChargerPolicy;
  newestOpenedMonotonicMs: number | undefined = undefined;
  heardMonotonicMs: number;
  bootsDeferred = 0;
  sendAgainMs = 0;
  commandsHeld: ChargerActor['commandsHeld'] = undefined;
  parked: ParkedCall | undefined = undefined;
  traceparent: string | undefined = undefined;
  transactionIdFor: ((count: number) => number) | undefined = undefined;
  #header: string | undefined;
  #state: ChargerState | undefined;
  /** The recent answers; undefined when there are none, or when they changed. */
  #recentText: string | undefined;
  #recent: readonly AnsweredCall[] | undefined = NONE;

  constructor(identity: ActorIdentity, tail: ActorTail, policy: ChargerPolicy, heardMonotonicMs: number) {
    this.tenant = identity.tenant;
    this.chargerId = identity.chargerId;
    this.partition = identity.partition;
    this.epoch = identity.epoch;
    this.expectedSequence = tail.expectedSequence;
    this.#header = tail.header;
    this.policy = policy;
    this.heardMonotonicMs = heardMonotonicMs;
  }

  /** The same object until `rest`. */
  get state(): ChargerState {
    this.#state ??= readState(this.#header === undefined ? undefined : { [STATE_HEADER]: this.#header });
    return this.#state;
  }

  get recent(): readonly AnsweredCall[] {
    this.#recent ??= this.#recentText === undefined ? NONE : readAnswers(this.#recentText);
    return this.#recent;
  }

  set recent(answers: readonly AnsweredCall[]) {
    this.#recent = answers;
    this.#recentText = undefined;
  }

  recorded(state: ChargerState, header: string, sequence: number): void {
    this.#state = state;
    this.#header = header;
    this.expectedSequence = sequence;
  }

  /** Lets go of the objects; the next look at the state makes them anew. */
  rest(): void {
    this.#state = undefined;
    if (this.#recent !== undefined && this.#recent !== NONE) {
      this.#recentText ??= writeAnswers(this.#recent);
      this.#recent = undefined;
    }
    // The maker of transaction ids is derived again where one is needed.
    this.transactionIdFor = undefined;
  }
}
