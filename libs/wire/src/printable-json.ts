/** JSON in printable ASCII, as a NATS header must be: what JSON leaves as it is beyond that is escaped. */

/** What JSON leaves as it is and a header must not have. */
const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/g;
/** What is written as it is: ids, nearly always. */
const PLAIN_TEXT = /^[\w.:-]*$/;

/** The text of a value that is plain data. TypeError for a cycle. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(NOT_PRINTABLE_ASCII, escaped);
}

/** How a string stands in such a text, wherever it is in there. */
export function printableText(text: string): string {
  return PLAIN_TEXT.test(text) ? `"${text}"` : printableJson(text);
}

/** One UTF-16 unit, as JSON writes it. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
