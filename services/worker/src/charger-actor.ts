/** One charger in the memory of its owner. Lean: plain fields, never a parsed message (100,000 of these live in one process). */

import type { AnsweredCall, ChargerState } from '@voltlane/charger-state';
import type { ChargerId, EdgeId, Epoch, ListedSession, PartitionId, Tenant, Uplink } from '@voltlane/wire';
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

/** What the worker tells an actor by itself; it never travels and is not answered. */
export type Notice = EdgeLost | SessionListed;

/** A message on its way through a mailbox. */
export interface Inbound<Message extends Uplink | Notice = Uplink | Notice> {
  readonly uplink: Message;
  readonly partition: PartitionId;
  /** Subject the edge wants the reply on. */
  readonly reply: string;
  /** Monotonic ms after which the edge has given up waiting. */
  readonly deadlineMs: number;
  /** Monotonic ms at which it came. */
  readonly arrivedMs: number;
}

/** What the owner holds of a charger. */
export interface ChargerActor {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly partition: PartitionId;
  /** The claim this actor was activated under; every effect carries it. */
  readonly epoch: Epoch;
  readonly stateSubject: string;
  readonly meterSubject: string;
  /** Durable state as of the last record. */
  state: ChargerState;
  /** Sequence of the last record; the next append must find it unchanged. */
  expectedSequence: number;
  policy: ChargerPolicy;
  /** When the newest session was opened by this process's monotonic clock; undefined when another owner attached it. */
  newestOpenedMonotonicMs: number | undefined;
  /** When an edge last brought something the charger said, monotonic ms; -1 when nothing came since it was loaded. */
  heardMonotonicMs: number;
  /** Answers that left no state record behind (meter values); forgotten with the actor. */
  recent: readonly AnsweredCall[];
  /** Boots in a row that were put off because the worker was under pressure; forgotten with the actor. */
  bootsDeferred: number;
  /** Makes this charger's 1.6 transaction ids; derived at the first one. */
  transactionIdFor: ((count: number) => number) | undefined;
}
