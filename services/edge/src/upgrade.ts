/**
 * The handshake of a charger as a list of small checks, in the order they run; the first refusal ends it. Everything is decided
 * before the 101 (OCPP 1.6 security whitepaper §2.3). Knows neither sockets nor the bus: what it asks, it asks through ports.
 *
 * Order: admission first, because it protects all the rest; then what the request line says, who the charger is, whether it
 * proves it, and what it wants to speak.
 */

import type { OcppVersion } from '@voltlane/ocpp';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import type { StoredPassword } from '@voltlane/registry';
import { verifyPassword } from '@voltlane/registry';
import type { ChargerAddress } from '@voltlane/wire';
import { isIdentifierString } from '@voltlane/wire';
import type { AttachSlot } from './attach-gate.ts';
import { readBasicPassword } from './basic-credentials.ts';
import { readChargerPath } from './charger-path.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { refusal } from './refusal.ts';
import { chooseSubprotocol, offeredSubprotocols } from './subprotocol.ts';

/** The parts of a request that the checks look at. */
export interface UpgradeRequest {
  readonly method: string;
  /** Target of the request line, still encoded. */
  readonly target: string;
  readonly upgrade: string | undefined;
  readonly key: string | undefined;
  readonly webSocketVersion: string | undefined;
  readonly authorization: string | undefined;
  readonly subprotocols: string | undefined;
}

/** What the registry knows of a charger, as far as a handshake needs it. */
export interface KnownCharger extends ChargerAddress {
  /** 0 none, 1 Basic, 2 TLS and Basic, 3 mutual TLS. */
  readonly securityProfile: number;
  readonly versions: readonly OcppVersion[];
  readonly strictness: 'strict' | 'lenient';
  /** How the edge ends its sockets: some models never come back after a clean close. */
  readonly closeBy: 'close' | 'terminate';
  readonly password: StoredPassword | undefined;
}

/** Looks chargers up. */
export interface ChargerLookup {
  /** Case-insensitive; rejects when the answer cannot be had now. */
  find(address: ChargerAddress): Promise<KnownCharger | undefined>;
}

/** What the checks may ask and what they are told. */
export interface UpgradeContext {
  /** Undefined when the edge can take one more socket now. Takes the token. */
  readonly admit: () => Refusal | undefined;
  /** 503 with a time to come back. */
  readonly later: (reason: RefusalReason) => Refusal;
  readonly lookup: ChargerLookup;
  readonly chargers: 'open' | 'registered';
  readonly strictness: 'strict' | 'lenient';
  readonly noSubprotocol: 'reject' | 'close' | `assume:${OcppVersion}`;
  /** Waits until one more session may go to its actor; undefined when there is no room to wait. */
  readonly attach: () => AttachSlot | undefined | Promise<AttachSlot | undefined>;
  /** Undefined when a socket of this charger may take the place of an open one; asked where no password protects it. */
  readonly admitReplacement: (address: ChargerAddress) => Refusal | undefined;
}

/** What an accepted handshake amounts to. */
export interface AcceptedUpgrade {
  readonly charger: KnownCharger;
  readonly version: OcppVersion;
  /** Token to echo; undefined when none may be sent. */
  readonly token: string | undefined;
  /** Left when the session is known to its actor. */
  readonly slot: AttachSlot;
  /** Close at once with 1002: no common subprotocol, and the option says to upgrade all the same. */
  readonly closeAtOnce: boolean;
}

/** Collects what the checks find. */
interface Draft {
  address?: ChargerAddress;
  charger?: KnownCharger;
  version?: OcppVersion;
  token?: string;
  closeAtOnce: boolean;
}

type Check = (
  request: UpgradeRequest,
  context: UpgradeContext,
  draft: Draft,
) => Refusal | undefined | Promise<Refusal | undefined>;

const NO_PASSWORD = new Uint8Array(0);
const WEBSOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;
const CHALLENGE: Readonly<Record<string, string>> = { 'WWW-Authenticate': 'Basic realm="ocpp", charset="UTF-8"' };

const admission: Check = (_request, context) => context.admit();

const path: Check = (request, _context, draft) => {
  const read = readChargerPath(request.target);
  if (read.kind === 'elsewhere') return refusal(404, 'path');
  if (read.kind === 'charger') draft.address = read.address;
  return undefined;
};

const handshake: Check = (request) => {
  if (request.upgrade?.toLowerCase() !== 'websocket') return refusal(426, 'handshake', { Upgrade: 'websocket' });
  const { webSocketVersion: version } = request;
  if (version !== '13' && version !== '8') return refusal(426, 'handshake', { 'Sec-WebSocket-Version': '13, 8' });
  if (request.method !== 'GET' || request.key === undefined || !WEBSOCKET_KEY.test(request.key))
    return refusal(400, 'handshake');
  return undefined;
};

const identity: Check = (_request, _context, draft) =>
  draft.address === undefined ? refusal(400, 'identity') : undefined;

const registered: Check = async (_request, context, draft) => {
  const { address } = draft;
  if (address === undefined) return refusal(400, 'identity');
  let known: KnownCharger | undefined;
  try {
    known = await context.lookup.find(address);
  } catch {
    // Whatever the reason, the charger is to come back later; the refusal is counted.
    return context.later('lookup');
  }
  if (known === undefined && context.chargers === 'registered') return refusal(404, 'notRegistered');
  draft.charger = known ?? {
    tenant: address.tenant,
    chargerId: address.chargerId,
    securityProfile: 0,
    versions: OCPP_VERSIONS,
    strictness: context.strictness,
    closeBy: 'close',
    password: undefined,
  };
  return undefined;
};

const credentials: Check = (request, _context, draft) => {
  const { charger, address } = draft;
  if (charger === undefined || address === undefined) return refusal(401, 'credentials', CHALLENGE);
  // Profiles 2 and 3 need TLS, which this listener does not have (A00.FR.001: one profile at a time, never a lower one).
  if (charger.securityProfile > 1) return refusal(401, 'securityProfile');
  if (charger.securityProfile === 0) return undefined;
  const password = readBasicPassword(request.authorization, address.chargerId);
  // The same work with and without a password, so that its time tells nothing.
  const verified = verifyPassword(charger.password, password ?? NO_PASSWORD);
  return verified && password !== undefined ? undefined : refusal(401, 'credentials', CHALLENGE);
};

const subprotocol: Check = (request, context, draft) => {
  const allowed = draft.charger?.versions ?? [];
  const chosen = chooseSubprotocol(offeredSubprotocols(request.subprotocols), allowed);
  if (chosen !== undefined) {
    draft.version = chosen.version;
    draft.token = chosen.token;
  } else if (context.noSubprotocol === 'close') {
    draft.closeAtOnce = true;
    draft.version = '1.6';
  } else {
    const assumed = allowed.find((version) => context.noSubprotocol === `assume:${version}`);
    if (assumed === undefined) return refusal(400, 'subprotocol');
    draft.version = assumed;
  }
  return undefined;
};

/** 2.x narrows the identity (Part 4 §3.1.1), which only shows once the version is known. */
const identityOfVersion: Check = (_request, _context, draft) =>
  draft.version !== '1.6' && !isIdentifierString(draft.address?.chargerId ?? '') ? refusal(400, 'identity') : undefined;

const replacement: Check = (_request, context, draft) =>
  draft.charger !== undefined && draft.charger.securityProfile === 0
    ? context.admitReplacement(draft.charger)
    : undefined;

/** The checks in their order. */
export const UPGRADE_CHECKS: readonly { readonly name: string; readonly check: Check }[] = [
  { name: 'admission', check: admission },
  { name: 'path', check: path },
  { name: 'handshake', check: handshake },
  { name: 'identity', check: identity },
  { name: 'registered', check: registered },
  { name: 'credentials', check: credentials },
  { name: 'subprotocol', check: subprotocol },
  { name: 'identityOfVersion', check: identityOfVersion },
  { name: 'replacement', check: replacement },
];

/** Runs the checks. */
export const checkUpgrade = async (
  request: UpgradeRequest,
  context: UpgradeContext,
): Promise<{ readonly refused: Refusal } | { readonly accepted: AcceptedUpgrade }> => {
  const draft: Draft = { closeAtOnce: false };
  for (const { check } of UPGRADE_CHECKS) {
    const outcome = check(request, context, draft);
    const refused = outcome instanceof Promise ? await outcome : outcome;
    if (refused !== undefined) return { refused };
  }
  const { charger, version, token, closeAtOnce } = draft;
  if (charger === undefined || version === undefined) return { refused: refusal(400, 'handshake') };
  const slot = await context.attach();
  if (slot === undefined) return { refused: context.later('attaches') };
  return { accepted: { charger, version, token, slot, closeAtOnce } };
};
