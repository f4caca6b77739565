/** Finds the handler of a charger's CALL or SEND. The tables, one per version, are complete by their types. */
import type { Decision, DecisionContext, Needs } from './handler.ts';
import { HANDLERS_V16 } from './v16/table.ts';
import { HANDLERS_V21 } from './v21/table.ts';
import { HANDLERS_V201 } from './v201/table.ts';

/**
 * A handler of any action. The payload must have passed the schema of that action and version (strict, or lenient after
 * mending); the handler trusts its shape.
 */
export interface AnyHandler {
  // Written as methods on purpose: their parameters compare both ways, so a handler of one payload fits here without a cast.
  needs?(request: unknown): Needs;
  decide(request: unknown, context: DecisionContext): Decision<unknown>;
}

const TABLES: Readonly<Record<DecisionContext['version'], ReadonlyMap<string, AnyHandler>>> = {
  '1.6': new Map<string, AnyHandler>(Object.entries(HANDLERS_V16)),
  '2.0.1': new Map<string, AnyHandler>(Object.entries(HANDLERS_V201)),
  '2.1': new Map<string, AnyHandler>(Object.entries(HANDLERS_V21)),
};

/** The handler of an action, or undefined when a charger of that version does not send it. */
export function handlerFor(version: DecisionContext['version'], action: string): AnyHandler | undefined {
  return TABLES[version].get(action);
}
