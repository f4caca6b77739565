/**
 * Payload types by version and action, from the schemas. An integer outside ±2^53 is a `bigint` at run time where the type says
 * `number`: the schemas know one kind of number only. Code that calculates with such a field checks first.
 */
import type { Payloads } from '../generated/payloads.js';
import type { ActionOf } from './actions.ts';
import type { OcppVersion } from './version.ts';

/** Request payload of an action. */
export type RequestOf<V extends OcppVersion, A extends ActionOf<V>> = PairOf<V, A>[0];

/** Response payload of an action; `never` for a SEND. */
export type ResponseOf<V extends OcppVersion, A extends ActionOf<V>> = PairOf<V, A>[1];

type PairOf<V extends OcppVersion, A> = Payloads[V][A & keyof Payloads[V]] extends infer Pair extends readonly [
  unknown,
  unknown,
]
  ? Pair
  : never;
