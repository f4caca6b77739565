/**
 * Owns identifiers: message ids and 2.x transaction ids. Both are UUIDs (36 characters, the longest that OCPP allows),
 * drawn from the injected randomness so that a seed reproduces them.
 */
import type { Random } from '@voltlane/time';

/** A version-4 UUID drawn from `random`. */
export function uuid(random: Random): string {
  const hex = Buffer.from(random.bytes(16)).toString('hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
