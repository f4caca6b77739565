/**
 * Owns the frame of a command handler: the payload is checked against its schema, then a small typed function decides.
 * Handlers are data: one table per version, filled from the files in v16/ and v2/.
 */
import { type ActionOf, type CsmsActionOf, type JsonObject, type OcppVersion, type RequestOf, type ResponseOf, type Violation, validate } from '@voltlane/ocpp';
import type { Reply } from './rpc.ts';
import type { Unit } from './unit.ts';

/** An answer, and what happens once it has left. */
export type Decision<T> = readonly [answer: T, afterwards?: () => void];

/** One CSMS action that this charger knows. */
export interface Command {
  readonly action: string;
  answer(unit: Unit, payload: JsonObject): Reply;
}

/** The commands of one version, by action. */
export type CommandTable = ReadonlyMap<string, Command>;

/** Builds the table. */
export function commandTable(commands: readonly Command[]): CommandTable {
  return new Map(commands.map((command) => [command.action, command]));
}

/** A handler whose request and answer have the types of their schemas. */
export function command<V extends OcppVersion, A extends CsmsActionOf<V> & ActionOf<V> & string>(
  _version: V,
  action: A,
  decide: (request: RequestOf<V, A>, unit: Unit) => Decision<ResponseOf<V, A> & object>,
): Command {
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
