import type { ApiKeyRecord, ApiKeyVerdict } from '@voltlane/registry';
import { createFakeClock } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../src/auth.ts';

const ADMIN = 'the-administrators-key';
const RECORD: ApiKeyRecord = {
  id: '0123456789ab',
  name: 'billing',
  tenant: tenant('acme'),
  role: 'viewer',
  salt: '',
  hash: '',
  createdAt: '2026-01-01T00:00:00.000Z',
};
const VERDICTS = new Map<string, ApiKeyVerdict>([
  ['stored', { kind: 'key', record: RECORD }],
  ['revoked', { kind: 'unknown' }],
  ['old', { kind: 'expired' }],
  ['unread', { kind: 'unavailable' }],
]);

function make(clock = createFakeClock()): Authenticator {
  return createAuthenticator({ adminToken: ADMIN, storedKeys: { check: (text) => VERDICTS.get(text) }, clock });
}

describe('authentication', () => {
  it.each([
    [undefined, { kind: 'refused', reason: 'missing' }],
    ['', { kind: 'refused', reason: 'malformed' }],
    ['Bearer', { kind: 'refused', reason: 'malformed' }],
    [`Basic ${ADMIN}`, { kind: 'refused', reason: 'malformed' }],
    [`Bearer ${ADMIN} x`, { kind: 'refused', reason: 'malformed' }],
    [`Bearer ${'x'.repeat(513)}`, { kind: 'refused', reason: 'malformed' }],
    [`Bearer ${ADMIN}x`, { kind: 'refused', reason: 'unknown' }],
    [`Bearer ${ADMIN}`, { kind: 'caller', caller: { keyId: 'configured', role: 'admin', tenant: '*' } }],
    [`bearer  ${ADMIN} `, { kind: 'caller' }],
    [
      'Bearer stored',
      { kind: 'caller', caller: { keyId: RECORD.id, name: 'billing', role: 'viewer', tenant: 'acme' } },
    ],
    ['Bearer revoked', { kind: 'refused', reason: 'unknown' }],
    ['Bearer old', { kind: 'refused', reason: 'expired' }],
    ['Bearer unread', { kind: 'unavailable' }],
  ])('%s', (authorization, outcome) => {
    expect(make().check(authorization, '192.0.2.1')).toMatchObject(outcome);
  });

  it('knows no administrator where no key is configured', () => {
    const nobody = { adminToken: undefined, storedKeys: { check: () => undefined }, clock: createFakeClock() };
    expect(createAuthenticator(nobody).check(`Bearer ${ADMIN}`, 'a')).toMatchObject({ kind: 'refused' });
  });

  it('does not compare the configured key for an address with too many wrong ones, until time has passed', () => {
    const clock = createFakeClock();
    const auth = make(clock);
    const outcomes = Array.from({ length: 25 }, () => auth.check('Bearer guess', 'a').kind);
    expect(outcomes.filter((kind) => kind === 'refused')).toHaveLength(20);
    expect(auth.check(`Bearer ${ADMIN}`, 'a')).toEqual({ kind: 'limited', waitS: 10 });
    expect(auth.check(`Bearer ${ADMIN}`, 'b').kind).toBe('caller');
    clock.advance(10_000);
    expect(auth.check(`Bearer ${ADMIN}`, 'a').kind).toBe('caller');
  });

  it('goes on to serve stored keys of an address with too many wrong ones', () => {
    const auth = make();
    for (let index = 0; index < 30; index += 1) auth.check('Bearer guess', 'a');
    expect(auth.check('Bearer stored', 'a').kind).toBe('caller');
  });

  it('does not count requests without a key', () => {
    const auth = make();
    for (let index = 0; index < 30; index += 1) auth.check(undefined, 'a');
    expect(auth.check(`Bearer ${ADMIN}`, 'a').kind).toBe('caller');
  });
});
