/** One charger in the memory of its owner. Lean: plain fields, never a parsed message (100,000 of these live in one process). */

import type { AnsweredCall, ChargerState, OpenTransaction } from '@voltlane/charger-state';
import type {
  ChargerId,
  CommandAsk,
  EdgeId,
  Epoch,
  ListedSession,
  PartitionId,
  SessionId,
  Tenant,
  Uplink,
  UplinkCall,
} from '@voltlane/wire';
import type { Heard } from './delegation/heard.ts';
import type { ParkedCall } from './delegation/parked-call.ts';
import type { ChargerPolicy } from './domain/policy.ts';

/** The worker noticed that an edge which may hold the charger is gone. */
export interface EdgeLost {
  readonly kind: 'edgeLost';
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly edgeId: EdgeId;
}

/** An edge says that it holds this session, and the worker did not know. */
export interface SessionListed extends ListedSession {
  readonly kind: 'sessionListed';
}

/** A handler has spoken about a call of the charger, or will not. */
export interface HandlerAnswered {
  readonly kind: 'handlerAnswered';
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly edgeId: EdgeId;
  readonly sessionId: SessionId;
  /** Of the parked call that was asked about. */
  readonly ticket: number;
  readonly heard: Heard;
  readonly tookMs: number;
  /** The call, for an error should this fail. */
  readonly asked: Inbound<UplinkCall>;
}

/** Something about the charger's commands is due. */
export interface CommandsDue {
  readonly kind: 'commandsDue';
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
}

/** The worker took the partition over and found entries of open commands of the charger. */
export interface CommandsFound {
  readonly kind: 'commandsFound';
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly commandIds: readonly string[];
}

/** What the worker tells an actor by itself; it never travels and is not answered. */
export type Notice = EdgeLost | SessionListed | HandlerAnswered | CommandsDue | CommandsFound;

/** Everything an actor is told: by its edge, by those who ask for commands, by its worker. */
export type ActorMessage = Uplink | CommandAsk | Notice;

/** The span of a message that is handled. */
export interface TurnTrace {
  readonly own: string;
  readonly parent: string;
  /** Monotonic ms at which its turn came, the last time it was tried; 0 before. */
  turnMs: number;
}

/** A message on its way through a mailbox. */
export interface Inbound<Message extends ActorMessage = ActorMessage> {
  readonly uplink: Message;
  readonly partition: PartitionId;
  /** Subject the edge, or whoever asked, wants the reply on. */
  readonly reply: string;
  /** Monotonic ms after which the edge has given up waiting. */
  readonly deadlineMs: number;
  /** Monotonic ms at which it came. */
  readonly arrivedMs: number;
  /** Its span, when it is traced. */
  readonly trace?: TurnTrace | undefined;
}

/** What the owner holds of a charger. */
export interface ChargerActor {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly partition: PartitionId;
  /** The claim this actor was activated under; every effect carries it. */
  readonly epoch: Epoch;
  /** Durable state as of the last record: the same object as long as a message is in hand. */
  readonly state: ChargerState;
  /** Sequence of the last record; the next append must find it unchanged. */
  expectedSequence: number;
  policy: ChargerPolicy;
  /** When the newest session was opened by this process's monotonic clock; undefined when another owner attached it. */
  newestOpenedMonotonicMs: number | undefined;
  /** When an edge last brought something the charger said, monotonic ms; -1 when nothing came since it was loaded. */
  heardMonotonicMs: number;
  /** Answers that left no state record behind (meter values); forgotten with the actor. */
  readonly recent: readonly AnsweredCall[];
  /** Boots in a row that were put off because the worker was under pressure; forgotten with the actor. */
  bootsDeferred: number;
  /** Monotonic ms at which the CALL of the sent command is given to the edge again. */
  sendAgainMs: number;
  /** A session over which no command is sent for a while: its edge could not send the last one, or it was given up. */
  commandsHeld: { readonly session: string; readonly untilMs: number } | undefined;
  /** The call that waits for a handler; forgotten with the actor, and sent again by its edge. */
  parked: ParkedCall | undefined;
  /** Context of the span of what is in hand, when that is traced. */
  traceparent: string | undefined;
  /** Makes this charger's 1.6 transaction ids; derived at the first one. */
  transactionIdFor: ((count: number) => number) | undefined;
  /** The open transactions of the state, known without reading the rest of it. */
  readonly open: readonly OpenTransaction[];
  /**
   * True for most chargers most of the time: connected, accepted, no command open. It is known without reading the state, and a call that
   * does not depend on more is handled without.
   */
  readonly atEase: boolean;
  /** At ease, and connected by this session. */
  atEaseIn(sessionId: string): boolean;
  /** False when neither the state nor `recent` has an answer to a call with this message id; known without reading them. */
  mayHaveAnswered(messageId: string): boolean;
  /** Puts an answer in front of `recent`. */
  remember(answered: AnsweredCall): void;
  /** A record with this state was acknowledged; `header` is the text it was written with. */
  recorded(state: ChargerState, header: string, sequence: number): void;
}
