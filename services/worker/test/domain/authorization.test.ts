import { describe, expect, it } from 'vitest';
import type { TokenRecord, TokenStatus } from '../../src/domain/authorization.ts';
import { authorize2x, authorize16, authorizeTransaction2x, tokenVerdicts } from '../../src/domain/authorization.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { NOW_MS } from './context.ts';

function context(record?: TokenRecord, acceptAllTokens = false) {
  return { tokens: tokenVerdicts([['Tag-A', record]]), policy: { ...DEFAULT_POLICY, acceptAllTokens }, nowMs: NOW_MS };
}

describe('a verdict on a 1.6 idTag', () => {
  it.each<[string, TokenRecord | undefined, string]>([
    ['stored as accepted', { status: 'Accepted' }, 'Accepted'],
    ['stored as blocked', { status: 'Blocked' }, 'Blocked'],
    ['stored as expired', { status: 'Expired' }, 'Expired'],
    ['never registered', undefined, 'Invalid'],
    ['accepted, past its expiry date', { status: 'Accepted', expiryDate: '2026-03-01T11:59:59Z' }, 'Expired'],
    ['accepted, before its expiry date', { status: 'Accepted', expiryDate: '2026-03-01T12:00:01Z' }, 'Accepted'],
    ['blocked and past its expiry date', { status: 'Blocked', expiryDate: '2020-01-01T00:00:00Z' }, 'Blocked'],
  ])('%s', (_name, record, status) => {
    expect(authorize16('tAG-a', context(record)).status).toBe(status);
  });

  it.each<[TokenStatus, string]>([
    ['NoCredit', 'Blocked'],
    ['Unknown', 'Invalid'],
    ['NotAtThisTime', 'Invalid'],
    ['NotAtThisLocation', 'Invalid'],
    ['NotAllowedTypeEVSE', 'Invalid'],
    ['ConcurrentTx', 'ConcurrentTx'],
  ])('says the 2.x word %s as %s', (stored, said) => {
    expect(authorize16('TAG-A', context({ status: stored })).status).toBe(said);
  });

  it('accepts what nobody registered only when the policy says so, and never what is blocked', () => {
    expect(authorize16('TAG-B', context(undefined, true)).status).toBe('Accepted');
    expect(authorize16('TAG-A', context({ status: 'Blocked' }, true)).status).toBe('Blocked');
  });

  it('carries expiry date and parent, but no parent that does not fit in 20 characters', () => {
    const record: TokenRecord = { status: 'Accepted', expiryDate: '2027-01-01T00:00:00+01:00', parentIdToken: 'FLEET' };
    expect(authorize16('TAG-A', context(record))).toEqual({
      status: 'Accepted',
      expiryDate: '2026-12-31T23:00:00.000Z',
      parentIdTag: 'FLEET',
    });
    expect(authorize16('TAG-A', context({ ...record, parentIdToken: 'x'.repeat(21) }))).not.toHaveProperty(
      'parentIdTag',
    );
  });
});

describe('a verdict on a 2.x idToken', () => {
  const token = { idToken: 'TAG-a', type: 'ISO14443' };

  it('carries group and cache expiry', () => {
    const record: TokenRecord = { status: 'Accepted', expiryDate: '2027-01-01T00:00:00Z', parentIdToken: 'FLEET' };
    expect(authorize2x(token, context(record))).toEqual({
      status: 'Accepted',
      cacheExpiryDateTime: '2027-01-01T00:00:00.000Z',
      groupIdToken: { idToken: 'FLEET', type: 'Central' },
    });
  });

  it('keeps the 2.x words that 1.6 has not', () => {
    expect(authorize2x(token, context({ status: 'NoCredit' }))).toEqual({ status: 'NoCredit' });
  });

  it('is Invalid for a token nobody registered, as in 1.6', () => {
    expect(authorize2x(token, context())).toEqual({ status: 'Invalid' });
  });

  it('is Accepted for a start button, which identifies nobody', () => {
    expect(authorize2x({ idToken: '', type: 'NoAuthorization' }, context())).toEqual({ status: 'Accepted' });
  });

  it('lets a transaction go on that a back office started with a token of its own, but not an Authorize with one', () => {
    const central = { idToken: 'made-up', type: 'Central' };
    expect(authorizeTransaction2x(central, context())).toEqual({ status: 'Accepted' });
    expect(authorize2x(central, context())).toEqual({ status: 'Invalid' });
    expect(authorizeTransaction2x({ idToken: 'tag-a', type: 'Central' }, context({ status: 'Blocked' }))).toEqual({
      status: 'Blocked',
    });
  });
});
