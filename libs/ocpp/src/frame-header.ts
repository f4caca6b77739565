/**
 * Reads the head of a frame by hand: message type, id, action, and where the rest begins. Knows only the common form and gives up
 * on anything else; what is wrong with a frame is never decided here.
 */

/** Longest action name worth carrying on; the longest real one has 40 characters with its suffix `-Signed`. */
export const ACTION_LENGTH_MAX = 64;
/** Longest text echoed as message id. Longer ones are treated as unreadable. */
export const ECHOED_ID_LENGTH_MAX = 255;

/** The part of a frame before its payload or error code. */
export interface FrameHeader {
  readonly type: number;
  readonly messageId: string;
  /** Only of types 2 and 6. */
  readonly action: string | undefined;
  /** Where the element after the header begins. */
  readonly next: number;
}

/**
 * Reads `[type,"id",` and for types 2 and 6 `"action",` without parsing the rest. Gives up (undefined) on anything unusual,
 * such as escapes in the id.
 */
export function readFrameHeader(text: string): FrameHeader | undefined {
  if (text.charCodeAt(0) !== 91) return undefined;
  let at = skipBlanks(text, 1);
  const type = text.charCodeAt(at) - 48;
  if (type < 0 || type > 9) return undefined;
  at = skipComma(text, at + 1);
  const idEnd = plainStringEnd(text, at);
  if (idEnd < 0) return undefined;
  const messageId = detached(text, at + 1, idEnd);
  at = skipComma(text, idEnd + 1);
  if (at < 0) return undefined;
  if (type !== 2 && type !== 6) return { type, messageId, action: undefined, next: at };
  const actionEnd = plainStringEnd(text, at);
  if (actionEnd < 0 || actionEnd === at + 1 || actionEnd - at - 1 > ACTION_LENGTH_MAX)
    return { type, messageId, action: undefined, next: -1 };
  const action = detached(text, at + 1, actionEnd);
  return { type, messageId, action, next: skipComma(text, actionEnd + 1) };
}

/** Index of the closing quote of a string without escapes and control characters that begins at `at`, else -1. */
function plainStringEnd(text: string, at: number): number {
  if (at < 0 || text.charCodeAt(at) !== 34) return -1;
  for (let i = at + 1; i < text.length && i - at <= ECHOED_ID_LENGTH_MAX + 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 34) return i;
    if (unit === 92 || unit < 32) return -1;
  }
  return -1;
}

/** Index after blanks, one comma and blanks; -1 when there is no comma. */
function skipComma(text: string, from: number): number {
  const at = skipBlanks(text, from);
  return text.charCodeAt(at) === 44 ? skipBlanks(text, at + 1) : -1;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Whether a code unit is white space between JSON tokens. */
export function isBlank(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 13 || unit === 9;
}

/** A part of the frame that does not keep the whole frame's memory alive, as V8's slices do. */
function detached(text: string, from: number, to: number): string {
  return ` ${text.slice(from, to)}`.slice(1);
}
