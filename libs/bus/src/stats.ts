/** What one connection counted. Plain numbers, so that a metrics endpoint can read them at its own pace. */

/** Snapshot of one connection. Names without a unit count things since the connection was made. */
export interface BusStats {
  /** Messages handed to the bus by `publish` and `request`. */
  readonly publishes: number;
  readonly publishedBytes: number;
  /** Messages dropped before sending: connection closed or away, or too many bytes waiting to leave. */
  readonly publishesDropped: number;
  /** Messages handed to subscribers. */
  readonly deliveries: number;
  readonly deliveredBytes: number;
  /** Messages dropped on arrival because too many waited to be handled. */
  readonly deliveriesDropped: number;
  /** Level: messages that came and wait to be handled. */
  readonly waitingDeliveries: number;
  /** Handlers that threw. */
  readonly handlerErrors: number;
  /** Level: subscriptions open. */
  readonly subscriptions: number;
  /** Level: requests waiting for an answer. */
  readonly pendingRequests: number;
  /** Level: journal and key-value writes waiting for their acknowledgement. */
  readonly pendingAcks: number;
  /** Answers and acknowledgements that came after their deadline. */
  readonly lateReplies: number;
  /** Journal appends and records that were acknowledged. */
  readonly appends: number;
  /** Journal appends another writer had overtaken. */
  readonly appendConflicts: number;
  /** Writes refused because too many were pending. */
  readonly overloads: number;
  /** Times the connection came back. */
  readonly reconnects: number;
}

/** The same, while being counted. */
export type MutableBusStats = { -readonly [K in keyof BusStats]: number };

/** All zero. */
export function emptyStats(): MutableBusStats {
  return {
    publishes: 0,
    publishedBytes: 0,
    publishesDropped: 0,
    deliveries: 0,
    deliveredBytes: 0,
    deliveriesDropped: 0,
    waitingDeliveries: 0,
    handlerErrors: 0,
    subscriptions: 0,
    pendingRequests: 0,
    pendingAcks: 0,
    lateReplies: 0,
    appends: 0,
    appendConflicts: 0,
    overloads: 0,
    reconnects: 0,
  };
}
