/** Limits of an actor host. */
export interface HostOptions {
  /** Messages one actor may have waiting; the next one is refused (`full`). */
  readonly mailboxMessagesMax: number;
  /** Actors resident at once; a message for one more is refused (`full`) unless an idle one can be passivated. */
  readonly actorsMax: number;
  /** An actor without messages for this long is passivated at the next sweep. */
  readonly idleMs: number;
  /** In this time the host looks at every actor once, for idle ones. Keep it ≤ idleMs / 2. */
  readonly sweepMs: number;
}

/** What became of a delivered message. */
export type Delivery = 'accepted' | 'full' | 'not-owned';

/** Snapshot for metrics. */
export interface HostStats {
  /** Actors in memory. */
  readonly actors: number;
  /** Messages waiting in all mailboxes, the ones being handled not counted. */
  readonly waiting: number;
  /** Messages being handled, activations included. */
  readonly busy: number;
  readonly activations: number;
  readonly passivations: number;
  readonly retries: number;
  readonly refused: number;
}
