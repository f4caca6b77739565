/** Why a command was not taken, in the words of the contract (docs/contract.md). */

/** Every reason, with its HTTP status; the api has the same names. They never change; new ones may come. */
export const COMMAND_PROBLEMS = {
  /** The request itself is not as the contract says; `path` names the field. */
  'invalid-request': 400,
  /** No OCPP version this charger may speak has the action as one of the central system. */
  'unknown-action': 400,
  /** The payload breaks its schema; `path` is a JSON pointer into it. */
  'invalid-payload': 400,
  'too-large': 413,
  /** Nobody registered this charger and it never connected. */
  'charger-not-found': 404,
  /** No command of this tenant has this id, or its record is no longer kept. */
  'command-not-found': 404,
  /** OCPP does not allow this action in the charger's boot state. */
  'not-allowed-now': 409,
  /** The CALL has left, or the command has ended: there is nothing to take back. */
  'not-cancellable': 409,
  /** As many commands as allowed wait for this charger. */
  'queue-full': 429,
  /** This process has as many requests in hand as it may. */
  overloaded: 503,
  /** The owner of the charger could not be reached in time: the command may or may not have been taken. */
  unavailable: 503,
} as const;

/** Name of a reason. */
export type CommandProblemCode = keyof typeof COMMAND_PROBLEMS;

/** A refusal. */
export interface CommandProblem {
  readonly code: CommandProblemCode;
  /** One sentence for people: what, which value, which limit. */
  readonly detail: string;
  /** JSON pointer to the offending field, where there is one. */
  readonly path?: string;
}

/** True for a name of the list. */
export function isCommandProblemCode(text: string): text is CommandProblemCode {
  return Object.hasOwn(COMMAND_PROBLEMS, text);
}

/** A refusal, without `path` where there is none. */
export function problem(code: CommandProblemCode, detail: string, path?: string): CommandProblem {
  return path === undefined ? { code, detail } : { code, detail, path };
}
