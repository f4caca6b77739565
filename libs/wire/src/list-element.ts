/** One element of a list in JSON, found without parsing what stands before and behind it. Pure. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * The text of the element at `place` of the list that begins at `start`; undefined when the list is shorter, or ends in the middle. `json` must be
 * JSON: what is not comes out as a text that is none either, or as undefined.
 */
export function listElement(json: string, start: number, place: number): string | undefined {
  let left = place;
  let from = start + 1;
  let depth = 0;
  for (let at = from; at < json.length; at += 1) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = closingQuote(json, at);
        break;
      case LIST:
      case OBJECT:
        depth += 1;
        break;
      case LIST_END:
      case OBJECT_END:
        if (depth === 0) return left === 0 && from < at ? json.slice(from, at) : undefined;
        depth -= 1;
        break;
      case COMMA:
        if (depth > 0) break;
        if (left === 0) return json.slice(from, at);
        left -= 1;
        from = at + 1;
    }
  }
  return undefined;
}

/** Where the string ends that begins at `start`; the end of the text when it does not. */
function closingQuote(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) at += 1;
  }
  return json.length;
}
