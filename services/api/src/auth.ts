/**
 * Whose request is this? `Authorization: Bearer <key>`, compared in constant time. Knows the administrator's key of the configuration
 * and the stored keys; never logs or keeps what was presented.
 *
 * Wrong keys are counted per address. A stored key has 256 random bits and is always looked at, so that no neighbour behind the same
 * address can lock it out. The key of the configuration, which people choose, is not even compared while the address is over its
 * limit, so guessing it is bounded.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ALL_TENANTS, type ApiKeys, type ApiKeyVerdict } from '@voltlane/registry';
import type { Clock } from '@voltlane/time';
import { RateLimit } from './rate-limit.ts';
import type { Caller } from './roles.ts';

/** What became of a request's credentials. */
export type AuthOutcome =
  | { readonly kind: 'caller'; readonly caller: Caller }
  /** No key, or one that does not count. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** Too many failures from this address. */
  | { readonly kind: 'limited'; readonly waitS: number }
  /** Whether the key counts cannot be known now. */
  | { readonly kind: 'unavailable' };

/** Why a key was refused. */
export const REFUSAL_REASONS = ['missing', 'malformed', 'unknown', 'expired'] as const;

/** One of `REFUSAL_REASONS`. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What authentication needs. */
export interface AuthPorts {
  /** The administrator's key of the configuration, or the random one of the memory mode. */
  readonly adminToken: string | undefined;
  readonly storedKeys: Pick<ApiKeys, 'check'>;
  readonly clock: Clock;
}

/** Decides on the credentials of one request. */
export interface Authenticator {
  check(authorization: string | undefined, address: string): AuthOutcome;
}

/** Failures an address may have in a row, and one more every ten seconds. */
const FAILURE_LIMITS = { perSecond: 0.1, burstMax: 20 };
const TOKEN_CHARS_MAX = 512;
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** Id of the configured key in logs. */
export const CONFIGURED_KEY_ID = 'configured';

const ADMINISTRATOR: Caller = {
  keyId: CONFIGURED_KEY_ID,
  name: 'VOLTLANE_API_TOKEN',
  role: 'admin',
  tenant: ALL_TENANTS,
};

/** Makes the authenticator. */
export function createAuthenticator(ports: AuthPorts): Authenticator {
  const failures = new RateLimit(FAILURE_LIMITS, ports.clock);
  const expected = ports.adminToken === undefined ? undefined : digest(ports.adminToken);

  const decide = (token: string, address: string): AuthOutcome => {
    const verdict = ports.storedKeys.check(token);
    if (verdict !== undefined) return outcomeOf(verdict);
    const waitS = failures.waitS(address);
    if (waitS > 0) return { kind: 'limited', waitS };
    const known = expected !== undefined && timingSafeEqual(digest(token), expected);
    return known ? { kind: 'caller', caller: ADMINISTRATOR } : { kind: 'refused', reason: 'unknown' };
  };

  return {
    check(authorization, address) {
      const outcome = readBearer(authorization, (token) => decide(token, address));
      if (outcome.kind !== 'refused' || outcome.reason === 'missing') return outcome;
      const waitS = failures.take(address);
      return waitS > 0 ? { kind: 'limited', waitS } : outcome;
    },
  };
}

function outcomeOf(verdict: ApiKeyVerdict): AuthOutcome {
  switch (verdict.kind) {
    case 'key': {
      const { id, name, role, tenant } = verdict.record;
      return { kind: 'caller', caller: { keyId: id, name, role, tenant } };
    }
    case 'unavailable':
      return { kind: 'unavailable' };
    case 'unknown':
    case 'expired':
      return { kind: 'refused', reason: verdict.kind };
  }
}

function readBearer(authorization: string | undefined, decide: (token: string) => AuthOutcome): AuthOutcome {
  if (authorization === undefined) return { kind: 'refused', reason: 'missing' };
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined || token.length > TOKEN_CHARS_MAX) return { kind: 'refused', reason: 'malformed' };
  return decide(token);
}

/** Of equal length for every text, so that the comparison tells nothing about it. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
