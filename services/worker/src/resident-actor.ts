/**
 * A charger in memory between two messages: its state rests as the text of the header of its last record, and the answers it may have to
 * repeat as another: two objects instead of some fifty. Reading it back takes about 10 µs of a call; marking 80,000 states of objects took a worker
 * 1–2 s of two cores every few seconds, with calls waiting meanwhile (docs/decisions/0016-resting-state.md).
 *
 * Invariant: the text is the state. Both come from the same acknowledged record.
 */
import type { AnsweredCall, ChargerState, OpenTransaction } from '@voltlane/charger-state';
import {
  answersWith,
  easePlace,
  isNamedAt,
  mayHaveAnswered,
  mayHoldAnswerTo,
  NO_ANSWERS,
  openTransactionsIn,
  readAnswers,
  readState,
  STATE_HEADER,
  writeAnswers,
} from '@voltlane/charger-state';
import type { ChargerId, Epoch, PartitionId, Tenant } from '@voltlane/wire';
import { rememberAnswered } from './answered-calls.ts';
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

/** Nobody has looked at the state yet. */
const NOT_READ = -1;

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
  /** See `easePlace`. */
  #easePlace = NOT_READ;
  #answers = NO_ANSWERS;

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

  get open(): readonly OpenTransaction[] {
    if (this.#state !== undefined || this.#header === undefined) return this.state.open;
    return openTransactionsIn(this.#header) ?? this.state.open;
  }

  get atEase(): boolean {
    if (this.#easePlace === NOT_READ) this.#easePlace = easePlace(this.state, this.#header ?? '');
    return this.#easePlace > 0;
  }

  atEaseIn(sessionId: string): boolean {
    return this.atEase && isNamedAt(this.#header ?? '', this.#easePlace, sessionId);
  }

  get recent(): readonly AnsweredCall[] {
    return readAnswers(this.#answers);
  }

  mayHaveAnswered(messageId: string): boolean {
    if (mayHaveAnswered(this.#answers, messageId)) return true;
    return this.#header !== undefined && mayHoldAnswerTo(this.#header, messageId);
  }

  remember(answered: AnsweredCall): void {
    this.#answers = mayHaveAnswered(this.#answers, answered.messageId)
      ? writeAnswers(rememberAnswered(this.recent, answered))
      : answersWith(answered, this.#answers);
  }

  recorded(state: ChargerState, header: string, sequence: number): void {
    this.#state = state;
    this.#header = header;
    this.#easePlace = easePlace(state, header);
    this.expectedSequence = sequence;
  }

  /** Lets go of the objects; the next look at the state makes them anew. */
  rest(): void {
    this.#state = undefined;
    // The maker of transaction ids is derived again where one is needed.
    this.transactionIdFor = undefined;
  }
}
