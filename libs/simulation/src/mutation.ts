/**
 * A protection taken away for a run, from outside: by standing between a node and the bus, never by a switch in the code of the
 * broker. A run with a mutation must end with a violation; see docs/mutations.md.
 */
import type { BusMessage, Journal, KeyValue } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { Fault, FaultKind } from './fault.ts';

/** Where a mutation stands. */
export interface MutationSite {
  /** Incarnation of the node, `edge-…` or `worker-…`. */
  readonly node: string;
}

/** One protection, and how it is taken away. */
export interface Mutation {
  readonly name: string;
  /** What is gone, in one sentence. */
  readonly removes: string;
  /** Faults under which it shows; default: all. */
  readonly shownBy?: readonly FaultKind[];
  /** Or exactly these. */
  readonly faults?: readonly Fault[];
  /** Invariants that may find it. */
  readonly foundBy: readonly string[];
  /** Changes the journal a node writes to. */
  journal?(journal: Journal, site: MutationSite & { readonly clock: Clock }): Journal;
  /** Changes a bucket a node uses. */
  keyValue?(keyValue: KeyValue, site: MutationSite & { readonly bucket: string }): KeyValue;
  /** Changes what a node hears. */
  received?(message: BusMessage, site: MutationSite): BusMessage;
  /** Changes what a node says; undefined says nothing. */
  published?(message: MutationSite & { readonly subject: string; readonly data: Uint8Array }): Uint8Array | undefined;
  /** Changes a node's clock; `pausedMs` is how long it has stood still. */
  clock?(clock: Clock, site: MutationSite & { readonly pausedMs: () => number }): Clock;
}
