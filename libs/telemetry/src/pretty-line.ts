/** A JSON log line as a person reads it: `12:03:40.123 INFO  edge  started  port=9000`. Pure. */

const OMITTED: ReadonlySet<string> = new Set(['level', 'time', 'service', 'instance', 'msg', 'err']);

/** Rewrites one line; a line that is no JSON object stays as it is. */
export function prettyLine(line: string): string {
  const fields = parse(line);
  if (fields === undefined) return line;
  const time = textOf(fields.get('time')).slice(11, 23);
  const level = textOf(fields.get('level')).toUpperCase().padEnd(5);
  const service = textOf(fields.get('service')).padEnd(6);
  const rest = [...fields].filter(([name]) => !OMITTED.has(name)).map(([name, value]) => `${name}=${textOf(value)}`);
  const stack = stackOf(fields.get('err'));
  return `${[`${time} ${level} ${service} ${textOf(fields.get('msg'))}`, ...rest].join('  ')}\n${stack}`;
}

function parse(line: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)) : undefined;
  } catch {
    return undefined; // Not ours to judge: the line is passed on as it is.
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  return `${textOf(error.stack)}\n`;
}
