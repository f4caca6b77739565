/** Owns the place where transaction messages wait until the CSMS has them. The default is memory; a file can take its place. */

/** One transaction message that the CSMS has not answered yet. Plain data, so that a store can write it down. */
export interface StoredMessage {
  /** Position in the queue; grows by one. */
  readonly seq: number;
  readonly action: string;
  payload: object;
  /** The transaction it belongs to, by the charger's own key. */
  readonly transaction: string;
  /** Times it was put on a link and failed there. */
  attempts: number;
  /** Id of the last sending; a retry may use it again. */
  messageId: string | undefined;
}

/** First in, first out. Called synchronously: a real charger writes to its flash before it goes on. */
export interface MessageStore {
  /** Appends a message. */
  push(message: StoredMessage): void;
  /** The oldest message, or undefined. */
  first(): StoredMessage | undefined;
  /** Removes the oldest message. */
  shift(): void;
  /** All messages, oldest first. A message changed in place is reported through `changed`. */
  all(): readonly StoredMessage[];
  /** A message's payload, attempts or id changed. */
  changed(message: StoredMessage): void;
}

/** A store that forgets when the process ends. */
export function createMemoryStore(): MessageStore {
  const messages: StoredMessage[] = [];
  return {
    push(message): void {
      messages.push(message);
    },
    first: () => messages[0],
    shift(): void {
      messages.shift();
    },
    all: () => messages,
    changed(): void {},
  };
}
