/**
 * Signed messages (2.x part 4 ch. 7): the payload is a flattened JWS whose own payload is the OCPP message. This takes the message
 * out; it never verifies the signature, and says so in the frame's `signed`.
 */
import { isJsonObject, type JsonObject, parseJson } from './json.ts';

/** Suffix of the action of a signed CALL. */
export const SIGNED_SUFFIX = '-Signed';

/** Members of a flattened JWS (RFC 7515 §7.2.2). */
const JWS_MEMBERS: ReadonlySet<string> = new Set(['payload', 'protected', 'header', 'signature']);

/** Whether an object has the shape of a flattened JWS, which no OCPP payload has. */
export function isJws(payload: JsonObject): boolean {
  if (typeof payload['payload'] !== 'string' || typeof payload['signature'] !== 'string') return false;
  return Object.keys(payload).every((name) => JWS_MEMBERS.has(name));
}

/** The message inside a flattened JWS; undefined when it is none or holds no JSON object. */
export function openJws(payload: JsonObject): { readonly payload: JsonObject; readonly text: string } | undefined {
  const encoded = payload['payload'];
  if (!isJws(payload) || typeof encoded !== 'string' || !/^[A-Za-z0-9_-]*$/.test(encoded)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url'));
    const inner = parseJson(text);
    return isJsonObject(inner) ? { payload: inner, text } : undefined;
  } catch {
    // Not UTF-8 or not JSON: the caller refuses the frame as signature-malformed and counts it.
    return undefined;
  }
}
