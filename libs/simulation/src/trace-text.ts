/** How messages and log lines are written into the trace, cut to what a reader can take in. */

const TEXT_CHARS_MAX = 300;

/** A decoded bus message. */
export function messageText(message: object): string {
  return JSON.stringify(message).slice(0, TEXT_CHARS_MAX);
}

/** The fields of a log line; an error is its message. */
export function logText(fields: object): string {
  const plain = (_key: string, value: unknown): unknown => (value instanceof Error ? value.message : value);
  return JSON.stringify(fields, plain).slice(0, TEXT_CHARS_MAX);
}
