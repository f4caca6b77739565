/**
 * Reads `Authorization: Basic` (protocol.md §1.4). Works on bytes: a 1.6 key is 16–20 random bytes, not text, and may hold
 * colons, as a 1.6 identity may. Pure; verifies nothing.
 */

const SCHEME = /^basic +([A-Za-z0-9+/_-]+=*) *$/i;
const COLON = 0x3a;

/**
 * The password bytes when the header names `identity` as its user, else undefined. The user is compared without regard to
 * ASCII case, as identities are. Missing padding and the URL-safe alphabet are accepted, which `Buffer` does anyway.
 */
export const readBasicPassword = (header: string | undefined, identity: string): Buffer | undefined => {
  const encoded = header === undefined ? undefined : SCHEME.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const user = Buffer.from(identity, 'utf8');
  if (bytes.length <= user.length || bytes[user.length] !== COLON) return undefined;
  for (let at = 0; at < user.length; at += 1) {
    if (lower(bytes[at]) !== lower(user[at])) return undefined;
  }
  return bytes.subarray(user.length + 1);
};

const lower = (byte: number | undefined): number | undefined =>
  byte !== undefined && byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
