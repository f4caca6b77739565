/**
 * Verdicts on tokens (1.6 idTag, 2.x idToken). Tokens are compared without regard to case (CiString, identifierString).
 *
 * 1. A stored verdict answers as itself: Blocked stays Blocked, Expired stays Expired.
 * 2. An expiry date in the past turns Accepted into Expired.
 * 3. A token nobody registered is Invalid in every version (also in 2.x, which has `Unknown`: chargers and their test tools
 *    expect one word), unless the policy accepts all tokens.
 */
import { isoTime, parseIsoTime } from '@voltlane/time';
import type { ChargerPolicy } from './policy.ts';

/** Every verdict a stored token can carry: the 2.x list, which holds 1.6's. */
export type TokenStatus =
  | 'Accepted'
  | 'Blocked'
  | 'ConcurrentTx'
  | 'Expired'
  | 'Invalid'
  | 'NoCredit'
  | 'NotAllowedTypeEVSE'
  | 'NotAtThisLocation'
  | 'NotAtThisTime'
  | 'Unknown';

/** What the registry keeps of a token. */
export interface TokenRecord {
  readonly status: TokenStatus;
  /** ISO 8601. */
  readonly expiryDate?: string | undefined;
  readonly parentIdToken?: string | undefined;
}

/** The records looked up for one decision. */
export interface TokenVerdicts {
  /** The record of a token in any case; undefined when nobody registered it. */
  readonly find: (idToken: string) => TokenRecord | undefined;
}

/** Verdicts for a decision that needs none. */
export const NO_TOKENS: TokenVerdicts = { find: () => undefined };

/** Verdicts over looked-up records. */
export function tokenVerdicts(
  records: Iterable<readonly [idToken: string, record: TokenRecord | undefined]>,
): TokenVerdicts {
  const byToken = new Map<string, TokenRecord>();
  for (const [idToken, record] of records) if (record !== undefined) byToken.set(tokenKey(idToken), record);
  return { find: (idToken) => byToken.get(tokenKey(idToken)) };
}

/** The form in which tokens are compared. */
export function tokenKey(idToken: string): string {
  return idToken.trim().toLowerCase();
}

/** What a verdict depends on beside the token. */
export interface TokenContext {
  readonly tokens: TokenVerdicts;
  readonly policy: ChargerPolicy;
  readonly nowMs: number;
}

/** idTagInfo of 1.6. */
export interface IdTagInfo {
  status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx';
  expiryDate?: string;
  parentIdTag?: string;
}

/** idTokenInfo of 2.x: the part of it a token registry can fill. */
export interface IdTokenInfo {
  status: TokenStatus;
  cacheExpiryDateTime?: string;
  groupIdToken?: { idToken: string; type: 'Central' };
}

/** A 2.x idToken as far as a verdict depends on it. */
export interface IdToken {
  readonly idToken: string;
  readonly type: string;
}

/** Verdict on a 1.6 idTag. */
export function authorize16(idTag: string, context: TokenContext): IdTagInfo {
  const record = context.tokens.find(idTag);
  const info: IdTagInfo = { status: STATUS_16[verdict(record, context)] };
  const expiresAtMs = expiry(record);
  if (expiresAtMs !== undefined) info.expiryDate = isoTime(expiresAtMs);
  const parent = record?.parentIdToken;
  if (parent !== undefined && parent.length <= ID_TAG_CHARS_MAX) info.parentIdTag = parent;
  return info;
}

/** Verdict on a 2.x idToken. */
export function authorize2x(token: IdToken, context: TokenContext): IdTokenInfo {
  // A start button identifies nobody: the station decides by itself to give energy away (2.x C02).
  if (isAnonymous(token)) return { status: 'Accepted' };
  const record = context.tokens.find(token.idToken);
  const info: IdTokenInfo = { status: verdict(record, context) };
  const expiresAtMs = expiry(record);
  if (expiresAtMs !== undefined) info.cacheExpiryDateTime = isoTime(expiresAtMs);
  const parent = record?.parentIdToken;
  // The registry keeps no type for the parent; `Central` is the type of ids made by the back office, which a group is.
  if (parent !== undefined) info.groupIdToken = { idToken: parent, type: 'Central' };
  return info;
}

/**
 * Verdict on the token of a 2.x transaction. A `Central` token is made by a back office for a remote start and is on no card:
 * when nobody registered it, the transaction it was made for goes on.
 */
export function authorizeTransaction2x(token: IdToken, context: TokenContext): IdTokenInfo {
  if (token.type === 'Central' && context.tokens.find(token.idToken) === undefined) return { status: 'Accepted' };
  return authorize2x(token, context);
}

/** What Authorize of 2.x asks. */
export interface AuthorizeQuestion {
  readonly idToken: IdToken;
  /** A contract certificate (plug & charge), or the hashes to ask its OCSP responder about. */
  readonly certificate?: string;
  readonly iso15118CertificateHashData?: readonly unknown[];
}

/** Answer to Authorize of 2.x. */
export interface AuthorizeVerdict {
  idTokenInfo: IdTokenInfo;
  certificateStatus?: 'CertChainError';
}

/**
 * Verdict on Authorize of 2.x. A contract certificate cannot be checked without its authority: its chain is called broken and
 * the token with it, also when the policy accepts all tokens (2.x C07: no Accepted without a valid certificate).
 */
export function authorizeContract(question: AuthorizeQuestion, context: TokenContext): AuthorizeVerdict {
  const idTokenInfo = authorize2x(question.idToken, context);
  if (question.certificate === undefined && question.iso15118CertificateHashData === undefined) return { idTokenInfo };
  const status = idTokenInfo.status === 'Accepted' ? 'Invalid' : idTokenInfo.status;
  return { idTokenInfo: { ...idTokenInfo, status }, certificateStatus: 'CertChainError' };
}

/** Whether a 2.x token identifies nobody and needs no look-up. */
export function isAnonymous(token: IdToken): boolean {
  return token.type === 'NoAuthorization';
}

const ID_TAG_CHARS_MAX = 20;

/** 1.6 has five words; a driver without credit is blocked, any other refusal makes the tag invalid here and now. */
const STATUS_16: Readonly<Record<TokenStatus, IdTagInfo['status']>> = {
  Accepted: 'Accepted',
  Blocked: 'Blocked',
  ConcurrentTx: 'ConcurrentTx',
  Expired: 'Expired',
  Invalid: 'Invalid',
  NoCredit: 'Blocked',
  NotAllowedTypeEVSE: 'Invalid',
  NotAtThisLocation: 'Invalid',
  NotAtThisTime: 'Invalid',
  Unknown: 'Invalid',
};

function verdict(record: TokenRecord | undefined, context: TokenContext): TokenStatus {
  if (record === undefined) return context.policy.acceptAllTokens ? 'Accepted' : 'Invalid';
  const expiresAtMs = expiry(record);
  if (record.status === 'Accepted' && expiresAtMs !== undefined && expiresAtMs <= context.nowMs) return 'Expired';
  return record.status;
}

/** An expiry date nobody can read is none: the registry checks it when it is written. */
function expiry(record: TokenRecord | undefined): number | undefined {
  return record?.expiryDate === undefined ? undefined : parseIsoTime(record.expiryDate);
}
