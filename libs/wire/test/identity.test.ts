import { describe, expect, it } from 'vitest';
import {
  chargerId,
  edgeId,
  epoch,
  foldCase,
  isIdentifierString,
  parseChargerId,
  partitionId,
  sessionId,
  tenant,
  WireError,
  workerId,
} from '../src/index.ts';

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a charger identity', () => {
  it.each([
    'CP1',
    'RDAM 123',
    'RDAM|123',
    '.',
    '..',
    '*',
    '>',
    '%',
    'a:b',
    'Säule',
    '充电桩',
    '😀',
    'x'.repeat(255),
    'ä'.repeat(127),
  ])('of 1.6 may be %j', (text) => {
    expect(parseChargerId(text)).toBe(text);
    expect(chargerId(text)).toBe(text);
  });

  it.each([
    '',
    'a/b',
    '/',
    'a\u0000',
    'a\n',
    '\u001f',
    '\u007f',
    '\u0085',
    'x'.repeat(256),
    'ä'.repeat(128),
    '\ud800',
    'a\udc00b',
  ])('of 1.6 may not be %j', (text) => {
    expect(parseChargerId(text)).toBeUndefined();
    expect(code(() => chargerId(text))).toBe('invalid-charger-id');
  });

  it.each(['CP1', 'a-Z0*_=+|@.', 'x'.repeat(48)])('of 2.x may be %j', (text) => {
    expect(isIdentifierString(text)).toBe(true);
    expect(parseChargerId(text, '2.x')).toBe(text);
  });

  it.each(['', 'a:b', 'RDAM 123', 'Säule', 'a%b', 'a>b', 'x'.repeat(49)])('of 2.x may not be %j', (text) => {
    expect(isIdentifierString(text)).toBe(false);
    expect(parseChargerId(text, '2.x')).toBeUndefined();
  });

  it('is compared in lower case', () => {
    expect(foldCase('RDAM Süd 1')).toBe(foldCase('rdam SÜD 1'));
  });
});

describe('constructors', () => {
  it.each([
    ['tenant', tenant, 'invalid-tenant'],
    ['edgeId', edgeId, 'invalid-edge-id'],
    ['workerId', workerId, 'invalid-worker-id'],
    ['sessionId', sessionId, 'invalid-session-id'],
  ] as const)('%s takes one NATS token of up to 64 characters', (_name, construct, expected) => {
    expect(construct('aZ09_-')).toBe('aZ09_-');
    expect(construct('x'.repeat(64))).toHaveLength(64);
    for (const text of ['', 'x'.repeat(65), 'a.b', 'a b', '*', 'ä', 'a\n']) {
      expect(code(() => construct(text))).toBe(expected);
    }
  });

  it('partitionId takes whole numbers below 65,536, epoch whole numbers from 1', () => {
    expect(partitionId(0)).toBe(0);
    expect(partitionId(65_535)).toBe(65_535);
    for (const value of [-1, 65_536, 1.5, Number.NaN]) expect(code(() => partitionId(value))).toBe('invalid-partition');
    expect(epoch(1)).toBe(1);
    for (const value of [0, -1, 1.5, Number.NaN, 2 ** 53]) expect(code(() => epoch(value))).toBe('invalid-epoch');
  });

  it('show what was wrong, quoted and shortened', () => {
    expect(() => tenant('a.b')).toThrow('tenant "a.b" is not 1–64 of [A-Za-z0-9_-]');
    expect(() => chargerId('x\n'.repeat(500))).toThrow(/^charger id "x\\nx\\n.{0,80}… is not/);
  });
});
