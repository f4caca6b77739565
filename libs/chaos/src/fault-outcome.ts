/** What came of one fault. Data only. */
import type { FaultKind } from './fault-kind.ts';
import type { Sightings } from './tally.ts';

/** One fault and what was measured. */
export interface FaultOutcome {
  readonly kind: FaultKind;
  /** Which process, or how many sockets. */
  readonly target: string;
  /** Since the start of the run. */
  readonly atS: number;
  /** Measured times, ms: what `FAULT_FACTS` says for the kind. */
  readonly timesMs: readonly number[];
  /** Probes that were not served within the limit. */
  readonly unserved: number;
  /** Probes' calls answered per second while it lasted, until all was well. */
  readonly callsPerSecond: number;
  /** Until every process was ready and every partition and copy in its place, ms. */
  readonly healthyAfterMs: number;
  /** Until NATS itself had elected other leaders of journal and buckets, ms; undefined where it need not, or it was not seen. */
  readonly electedAfterMs: number | undefined;
  readonly seen: Sightings;
  /** Broken promises seen at once, in words. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}
