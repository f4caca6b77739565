import { inspect } from 'node:util';
import { createMemoryBus } from '@voltlane/bus';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { applySeed, openRegistry, type Registry, readSeed, type Seed, verifyPassword } from '../src/index.ts';

const DEFAULT = tenant('default');
const PASSWORD = 'a very secret key';
const TEXT = [
  `{"charger":"CP1","password":"${PASSWORD}"}`,
  '',
  '{"charger":"CP2","tenant":"acme","securityProfile":2,"registration":"Pending","strictness":"lenient","allowedVersions":["2.1"]}\r',
  '{"idToken":"ABC"}',
  '{"idToken":"DEF","tenant":"acme","status":"Blocked","expiryDate":"2030-12-31T23:59:59Z","parentIdToken":"G"}',
].join('\n');

async function emptyRegistry(): Promise<Registry> {
  const clock = createFakeClock();
  return openRegistry(createMemoryBus({ clock }).connect('a'), { clock });
}

function chargersOf(seed: Seed): readonly unknown[] {
  return seed.lines.flatMap((line) =>
    line.kind === 'charger' ? [{ of: line.tenant, record: line.input.record }] : [],
  );
}

function tokensOf(seed: Seed): readonly unknown[] {
  return seed.lines.flatMap((line) => (line.kind === 'token' ? [line.record] : []));
}

describe('readSeed', () => {
  it('reads chargers and tokens and fills in what was left out', () => {
    const seed = readSeed(TEXT);
    expect(seed.errors).toEqual([]);
    expect(chargersOf(seed)).toEqual([
      {
        of: 'default',
        record: { chargerId: 'CP1', securityProfile: 1, registration: 'Accepted', strictness: 'strict' },
      },
      {
        of: 'acme',
        record: {
          chargerId: 'CP2',
          allowedVersions: ['2.1'],
          securityProfile: 2,
          registration: 'Pending',
          strictness: 'lenient',
        },
      },
    ]);
    expect(tokensOf(seed)).toEqual([
      { idToken: 'ABC', status: 'Accepted' },
      { idToken: 'DEF', status: 'Blocked', expiryDate: '2030-12-31T23:59:59.000Z', parentIdToken: 'G' },
    ]);
  });

  it('reports each bad line with its number and takes the others', () => {
    const seed = readSeed(
      [
        '{"charger":"ok"}',
        '{"charger":',
        '[]',
        '{"charger":"a/b"}',
        '{"charger":"x","idToken":"y"}',
        '{"name":"x"}',
        '{"charger":"x","strictnes":"lenient"}',
        '{"charger":"x","tenant":"a.b"}',
        '{"charger":"OK"}',
        '{"idToken":"t"}',
        '{"idToken":" T "}',
      ].join('\n'),
    );
    expect(chargersOf(seed)).toHaveLength(1);
    expect(tokensOf(seed)).toHaveLength(1);
    expect(seed.errors).toEqual([
      { line: 2, message: 'not JSON' },
      { line: 3, message: 'not a JSON object' },
      { line: 4, message: 'chargerId is "a/b", expected 1 to 255 bytes of text without "/" and control characters' },
      { line: 5, message: 'a line holds either "charger" or "idToken"' },
      { line: 6, message: 'a line holds either "charger" or "idToken"' },
      { line: 7, message: expect.stringContaining('unknown field "strictnes", expected charger, tenant') },
      { line: 8, message: 'tenant is "a.b", expected 1 to 64 of A-Z a-z 0-9 _ -' },
      { line: 9, message: 'charger default/ok is on line 1 already' },
      { line: 11, message: 'token default/t is on line 10 already' },
    ]);
  });

  it('never shows a password, whatever is wrong with its line', () => {
    const seed = readSeed(
      [
        `{"charger":"a","password":"${PASSWORD}"}`,
        `{"charger":"b","password":"${PASSWORD}" x}`,
        `{"charger":"c","password":["${PASSWORD}"]}`,
        `{"charger":"d","password":{"salt":"${PASSWORD}","hash":"${PASSWORD}"}}`,
        `{"charger":"e","password":"${PASSWORD.repeat(20)}"}`,
      ].join('\n'),
    );
    expect(seed.errors).toHaveLength(4);
    expect(JSON.stringify(seed)).not.toContain(PASSWORD);
    expect(inspect(seed, { depth: 10, showHidden: true })).not.toContain(PASSWORD);
  });
});

describe('applySeed', () => {
  it('writes what the text says, with passwords as hashes', async () => {
    const registry = await emptyRegistry();
    expect(await applySeed(registry, readSeed(TEXT), createSeededRandom(1))).toEqual({ written: 4, unchanged: 0 });
    const stored = await registry.charger(DEFAULT, 'cp1');
    expect(JSON.stringify(stored)).not.toContain(PASSWORD);
    expect(verifyPassword(stored?.password, Buffer.from(PASSWORD))).toBe(true);
    expect(await registry.token(tenant('acme'), 'def')).toMatchObject({ status: 'Blocked' });
  });

  it('changes nothing the second time', async () => {
    const registry = await emptyRegistry();
    await applySeed(registry, readSeed(TEXT));
    const before = await registry.charger(DEFAULT, 'cp1');
    expect(await applySeed(registry, readSeed(TEXT))).toEqual({ written: 0, unchanged: 4 });
    expect(await registry.charger(DEFAULT, 'cp1')).toEqual(before);
  });

  it('keeps the stored hash when only other fields change, and replaces it when the password does', async () => {
    const registry = await emptyRegistry();
    await applySeed(registry, readSeed(TEXT));
    const before = await registry.charger(DEFAULT, 'cp1');
    await applySeed(registry, readSeed(`{"charger":"CP1","password":"${PASSWORD}","registration":"Rejected"}`));
    expect(await registry.charger(DEFAULT, 'cp1')).toEqual({ ...before, registration: 'Rejected' });
    await applySeed(registry, readSeed('{"charger":"CP1","password":"another key altogether"}'));
    const after = await registry.charger(DEFAULT, 'cp1');
    expect(verifyPassword(after?.password, Buffer.from(PASSWORD))).toBe(false);
    expect(verifyPassword(after?.password, Buffer.from('another key altogether'))).toBe(true);
  });

  it('keeps a password a line says nothing about, with the profile that asks for it, and takes it away for null', async () => {
    const registry = await emptyRegistry();
    await applySeed(registry, readSeed(TEXT));
    const before = await registry.charger(DEFAULT, 'cp1');
    await applySeed(registry, readSeed('{"charger":"CP1","labels":{"site":"north"}}'));
    expect(await registry.charger(DEFAULT, 'cp1')).toEqual({ ...before, labels: { site: 'north' } });
    await applySeed(registry, readSeed('{"charger":"CP1","password":null}'));
    expect(await registry.charger(DEFAULT, 'cp1')).toEqual({
      chargerId: 'CP1',
      securityProfile: 0,
      registration: 'Accepted',
      strictness: 'strict',
    });
  });

  it('takes a stored password as it is', async () => {
    const registry = await emptyRegistry();
    const password = { salt: 'ab'.repeat(16), hash: 'cd'.repeat(32) };
    await applySeed(registry, readSeed(JSON.stringify({ charger: 'CP1', password })));
    expect(await registry.charger(DEFAULT, 'cp1')).toMatchObject({ password, securityProfile: 1 });
  });

  it('writes many, a few at a time', async () => {
    const registry = await emptyRegistry();
    const lines = Array.from({ length: 500 }, (_, index) => `{"charger":"CP${index}"}`);
    expect(await applySeed(registry, readSeed(lines.join('\n')))).toEqual({ written: 500, unchanged: 0 });
    expect(await registry.chargerIds(DEFAULT)).toHaveLength(500);
  });
});
