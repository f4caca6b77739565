/**
 * Owns the frame of a command handler: the payload is checked against its schema, then a small typed function decides.
 * Handlers are data: one table per version, made of the files in v16/ and v2/; the compiler sees that none is missing.
 */
import {
  type ActionOf,
  actionsOf,
  type CsmsActionOf,
  isCsmsAction,
  type JsonObject,
  type OcppVersion,
  type RequestOf,
  type ResponseOf,
  type Violation,
  validate,
} from '@voltlane/ocpp';
import type { Reply } from './rpc.ts';
import type { Unit } from './unit.ts';

/** An answer, and what happens once it has left. */
export type Decision<T> = readonly [answer: T, afterwards?: () => void];

/** Decides about one action. */
export type Decider<V extends OcppVersion, A extends ActionOf<V>> = (
  request: RequestOf<V, A>,
  unit: Unit,
) => Decision<ResponseOf<V, A>>;

/** A decider for every CSMS action of a version. */
export type Deciders<V extends OcppVersion> = { readonly [A in CsmsActionOf<V>]: Decider<V, A> };

/** One CSMS action that this charger knows. */
export interface Command {
  readonly action: string;
  answer(unit: Unit, payload: JsonObject): Reply;
}

/** The commands of one version, by action. */
export type CommandTable = ReadonlyMap<string, Command>;

/** Builds the table of the actions that `deciders` holds. */
export function commandTable<V extends OcppVersion>(version: V, deciders: Partial<Deciders<V>>): CommandTable {
  const table = new Map<string, Command>();
  for (const { action } of actionsOf(version)) {
    if (!isCsmsAction(version, action)) continue;
    const decide: Partial<Deciders<V>>[typeof action] = deciders[action];
    if (decide !== undefined) table.set(action, command(action, decide));
  }
  return table;
}

function command<V extends OcppVersion, A extends ActionOf<V> & string>(action: A, decide: Decider<V, A>): Command {
  return {
    action,
    answer(unit, payload): Reply {
      const violation = validate(unit.version, action, 'request', payload, 'strict');
      if (!passed<RequestOf<V, A>>(payload, violation)) return refusal(violation);
      const [answer, afterwards] = decide(payload, unit);
      return { kind: 'result', payload: answer, ...(afterwards === undefined ? {} : { afterwards }) };
    },
  };
}

/** The one place where a payload gets its type: only one that its schema has passed. */
function passed<T>(_payload: unknown, violation: Violation | undefined): _payload is T {
  return violation === undefined;
}

function refusal(violation: Violation | undefined): Reply {
  return { kind: 'error', code: violation?.code ?? 'GenericError', description: violation?.description ?? '' };
}
