/**
 * Which OCPP version a handshake asks for (protocol.md §1.2, §1.8). Repairs headers that `ws` would refuse: doubled tokens,
 * quotes, empty elements. Pure.
 */

import type { OcppVersion } from '@voltlane/ocpp';
import { versionOfSubprotocol } from '@voltlane/ocpp';

/** A version and the client's own spelling of it, which is what the answer must echo. */
export interface ChosenSubprotocol {
  readonly version: OcppVersion;
  readonly token: string;
}

/** Offers looked at; a longer list is not a charger's. */
const OFFERS_MAX = 16;

/** The offered tokens in the client's order, each once. */
export const offeredSubprotocols = (header: string | undefined): readonly string[] => {
  if (header === undefined) return [];
  const tokens = new Set<string>();
  for (const element of header.split(',', OFFERS_MAX)) {
    const token = element
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim();
    if (token !== '') tokens.add(token);
  }
  return [...tokens];
};

/** The first offer that is a version we may speak with this charger. */
export const chooseSubprotocol = (
  offers: readonly string[],
  allowed: readonly OcppVersion[],
): ChosenSubprotocol | undefined => {
  for (const token of offers) {
    const version = versionOfSubprotocol(token);
    if (version !== undefined && allowed.includes(version)) return { version, token };
  }
  return undefined;
};
