/**
 * Text of a request body → JSON value, or why not. Nesting is bounded so that nothing that walks a body can overflow the stack. Pure.
 * Integers beyond 2^53 lose digits here, as in any JavaScript reader; who must keep them reads `request.bodyText`.
 */
import type { ProblemFacts } from './problem.ts';

/** Deepest nesting taken; the deepest OCPP payload has 13 levels. */
export const BODY_DEPTH_MAX = 64;

/** A body that was read. */
export type BodyReading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly problem: ProblemFacts };

/** Reads a body. */
export function readJsonBody(text: string): BodyReading {
  // Some clients announce JSON and send nothing; a route that needs a body says so by its schema.
  if (text === '') return { kind: 'value', value: undefined };
  if (depthOf(text) > BODY_DEPTH_MAX) return refused(`the body is nested deeper than ${BODY_DEPTH_MAX} levels`);
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch {
    // The parser's message quotes the text, which may hold a password.
    return refused('the body is not JSON');
  }
}

function refused(detail: string): BodyReading {
  return { kind: 'refused', problem: { code: 'malformed-json', detail } };
}

/** Deepest nesting of brackets outside of strings; for text that is not JSON any number. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        deepest = Math.max(deepest, depth);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default:
    }
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return text.length;
}
