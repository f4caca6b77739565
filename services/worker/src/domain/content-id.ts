/** Names made from content: the same content gives the same name on every worker, so a resend is recognised. */
import { hash } from 'node:crypto';

/** A part of the content a name is made from. */
export type ContentPart = string | number | bigint | boolean | undefined;

/** 132 bits of SHA-256 over the parts, as 22 characters of base64url. */
export function contentId(...parts: readonly ContentPart[]): string {
  return hash('sha256', joined(parts), 'base64url').slice(0, 22);
}

/** A UUID (version 8: made from content, RFC 9562 §5.8) over the parts. */
export function contentUuid(...parts: readonly ContentPart[]): string {
  const hex = hash('sha256', joined(parts), 'hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** JSON keeps the borders between parts, so that ['a','bc'] and ['ab','c'] differ. */
function joined(parts: readonly ContentPart[]): string {
  return JSON.stringify(parts.map((part) => (part === undefined ? null : String(part))));
}
