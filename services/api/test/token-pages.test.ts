import { createMemoryBus } from '@voltlane/bus';
import { openRegistry, type Registry } from '@voltlane/registry';
import { createFakeClock } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { TokenPages, type TokenQuery } from '../src/token-pages.ts';

const ACME = tenant('acme');
const clock = createFakeClock();
let registry: Registry;
let pages: TokenPages;
let listings: number;

beforeEach(async () => {
  registry = await openRegistry(createMemoryBus({ clock }).connect('a'), { clock });
  listings = 0;
  const tokenIds: Registry['tokenIds'] = (of) => {
    listings += 1;
    return registry.tokenIds(of);
  };
  pages = new TokenPages({ token: (of, id) => registry.token(of, id), tokenIds }, clock);
  for (const idToken of ['B2', 'a1', 'A2', 'C', 'b1']) await registry.putToken(ACME, { idToken, status: 'Accepted' });
});

async function page(query: Partial<TokenQuery>): Promise<{ ids: readonly string[]; next: string | undefined }> {
  const { tokens, next } = await pages.page(ACME, { prefix: '', search: '', after: undefined, limit: 2, ...query });
  return { ids: tokens.map(({ idToken }) => idToken), next };
}

describe('pages of tokens', () => {
  it('go through all of them in order, each once, with one listing', async () => {
    expect(await page({})).toEqual({ ids: ['a1', 'A2'], next: 'a2' });
    expect(await page({ after: 'a2' })).toEqual({ ids: ['b1', 'B2'], next: 'b2' });
    expect(await page({ after: 'b2' })).toEqual({ ids: ['C'], next: undefined });
    expect(listings).toBe(1);
  });

  it('have no next one when the last is full', async () => {
    expect(await page({ limit: 5 })).toMatchObject({ next: undefined });
  });

  it.each([
    [{ prefix: 'A' }, ['a1', 'A2']],
    [{ search: '2' }, ['A2', 'B2']],
    [{ prefix: 'b', search: '1' }, ['b1']],
    [{ prefix: 'nobody' }, []],
  ])('can be narrowed by %o', async (query, ids) => {
    expect((await page(query)).ids).toEqual(ids);
  });

  it('show what was registered before the first page was asked for', async () => {
    await page({});
    await registry.putToken(ACME, { idToken: '0', status: 'Accepted' });
    expect((await page({})).ids).toEqual(['0', 'a1']);
  });

  it('leave out what was deleted meanwhile, and go on', async () => {
    await page({});
    await registry.deleteToken(ACME, 'b1');
    expect(await page({ after: 'a2' })).toEqual({ ids: ['B2'], next: 'b2' });
  });

  it('list again when a walk is slower than a minute', async () => {
    await page({});
    clock.advance(60_001);
    expect((await page({ after: 'a2' })).ids).toEqual(['b1', 'B2']);
    expect(listings).toBe(2);
  });

  it('are of one tenant', async () => {
    expect((await pages.page(tenant('rival'), { prefix: '', search: '', after: undefined, limit: 9 })).tokens).toEqual(
      [],
    );
  });
});
