/**
 * The identity in a request path (OCPP-J 1.6 §3.1.1, 2.x Part 4 §3.1.1): `/ocpp/<chargerId>` in tenant `default`, or
 * `/ocpp/<tenant>/<chargerId>`, percent-encoded. Pure.
 *
 * Forgiven: a trailing slash, doubled slashes, a query. `/ocpp/CP1/CP1` reads as charger `CP1` in tenant `default`: chargers
 * append their identity to a URL into which people already put it, and that is common, while a charger named exactly like its
 * tenant is not (it is reached as `/ocpp/<tenant>/<tenant>/<tenant>`).
 */

import type { ChargerAddress } from '@voltlane/wire';
import { isChargerId, isTenant } from '@voltlane/wire';

/** What a path says. */
export type ChargerPath =
  | { readonly kind: 'charger'; readonly address: ChargerAddress }
  /** Not below `/ocpp`, or more segments than an address has. */
  | { readonly kind: 'elsewhere' }
  /** Below `/ocpp`, but no identity that may be one. */
  | { readonly kind: 'malformed' };

const ROOT = 'ocpp';
const DEFAULT_TENANT = 'default';

/** Reads the target of a request line. */
export const readChargerPath = (target: string): ChargerPath => {
  const end = target.search(/[?#]/);
  const segments = (end < 0 ? target : target.slice(0, end)).split('/').filter((segment) => segment !== '');
  if (segments[0] !== ROOT) return { kind: 'elsewhere' };
  if (segments.length === 1) return { kind: 'malformed' };
  if (segments.length > 4) return { kind: 'elsewhere' };
  const decoded: string[] = [];
  for (const segment of segments.slice(1)) {
    const text = decode(segment);
    if (text === undefined) return { kind: 'malformed' };
    decoded.push(text);
  }
  const [first = '', second, third] = decoded;
  if (second === undefined) return address(DEFAULT_TENANT, first);
  if (third === undefined) return first === second ? address(DEFAULT_TENANT, first) : address(first, second);
  return second === third ? address(first, second) : { kind: 'elsewhere' };
};

const address = (tenant: string, chargerId: string): ChargerPath =>
  isTenant(tenant) && isChargerId(chargerId)
    ? { kind: 'charger', address: { tenant, chargerId } }
    : { kind: 'malformed' };

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A bad escape is the charger's mistake, reported as a value.
    return undefined;
  }
};
