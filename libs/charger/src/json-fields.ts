/** Owns reading single fields of payloads that a schema has passed, without casts and without a type per message. */

/** A text field, or undefined. */
export function textField(payload: unknown, name: string): string | undefined {
  const value = field(payload, name);
  return typeof value === 'string' ? value : undefined;
}

/** A number field, or undefined. */
export function numberField(payload: unknown, name: string): number | undefined {
  const value = field(payload, name);
  return typeof value === 'number' ? value : undefined;
}

/** Any field, or undefined. */
export function field(payload: unknown, name: string): unknown {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const descriptor = Object.getOwnPropertyDescriptor(payload, name);
  return descriptor?.value;
}
