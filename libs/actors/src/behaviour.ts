/** What the host asks of whoever gives its actors a mind. Knows no OCPP. */
import type { PartitionId } from '@voltlane/wire';

/** What to do with a message whose handling failed. Its actor's memory is gone: the next attempt activates it afresh. */
export type FailureAnswer = { readonly kind: 'retry'; readonly delayMs: number } | { readonly kind: 'drop' };

/** The mind of all actors of one host. */
export interface ActorBehaviour<Actor, Message> {
  /** Loads an actor before its first message. Rejecting counts as a failure of that message. */
  activate(key: string, partition: PartitionId, message: Message): Promise<Actor>;
  /**
   * Handles one message. The actor's next message waits until the returned promise settles; returning nothing means done,
   * which costs no promise.
   */
  receive(actor: Actor, message: Message): Promise<void> | void;
  /** Called when `activate` or `receive` failed for `message`; `attempt` counts from 1. */
  failed(key: string, message: Message, attempt: number, cause: unknown): FailureAnswer;
  /** Called when the last message of an actor was handled and no other waits: it may be long until the next. Left out: nothing to do. */
  idle?(actor: Actor): void;
  /** False while an idle actor must stay in memory, because something of it goes on outside its mailbox. Left out: never. */
  mayPassivate?(actor: Actor): boolean;
}
