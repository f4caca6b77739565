/**
 * The tokens of a tenant, page by page. The first page lists the bucket; those after it go through that list, so that a walk over
 * 100,000 tokens costs one listing and sees each token once. A list is kept for a minute, of two tenants at most: a walk that is slower,
 * or whose process changed, lists again and goes on behind the same token.
 */
import type { Registry, TokenRecord } from '@voltlane/registry';
import type { Clock } from '@voltlane/time';
import type { Tenant } from '@voltlane/wire';

/** What is asked for. Both texts are compared without regard to case. */
export interface TokenQuery {
  readonly prefix: string;
  /** Anywhere in the token. */
  readonly search: string;
  /** The last token of the page before, or nothing for the first page. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** One page; `next` is the `after` of the next one. */
export interface TokenPage {
  readonly tokens: readonly TokenRecord[];
  readonly next: string | undefined;
}

interface Listing {
  readonly ids: Promise<readonly string[]>;
  readonly atMs: number;
}

const LISTING_AGE_MS_MAX = 60_000;
const LISTINGS_MAX = 2;
/** Records read at a time. */
const READS_MAX = 32;

/** See the head of this file. */
export class TokenPages {
  readonly #registry: Pick<Registry, 'token' | 'tokenIds'>;
  readonly #clock: Clock;
  readonly #listings = new Map<Tenant, Listing>();

  constructor(registry: Pick<Registry, 'token' | 'tokenIds'>, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** A page of a tenant's tokens, in the order of their lower case. Rejects as the registry does. */
  async page(tenant: Tenant, query: TokenQuery): Promise<TokenPage> {
    const ids = await this.#ids(tenant, query.after === undefined);
    const { page, more } = pageOf(ids, query);
    const tokens: TokenRecord[] = [];
    for (let start = 0; start < page.length; start += READS_MAX) {
      const batch = page.slice(start, start + READS_MAX);
      const records = await Promise.all(batch.map((id) => this.#registry.token(tenant, id)));
      // One that was deleted since the listing is left out.
      for (const record of records) if (record !== undefined) tokens.push(record);
    }
    return { tokens, next: more ? page.at(-1) : undefined };
  }

  #ids(tenant: Tenant, fresh: boolean): Promise<readonly string[]> {
    const nowMs = this.#clock.monotonicMs();
    for (const [of, { atMs }] of this.#listings) if (nowMs - atMs > LISTING_AGE_MS_MAX) this.#listings.delete(of);
    const kept = fresh ? undefined : this.#listings.get(tenant);
    if (kept !== undefined) return kept.ids;
    const ids = this.#registry.tokenIds(tenant);
    const listing: Listing = { ids, atMs: nowMs };
    this.#listings.delete(tenant);
    this.#listings.set(tenant, listing);
    const oldest = this.#listings.keys().next();
    if (this.#listings.size > LISTINGS_MAX && oldest.done !== true) this.#listings.delete(oldest.value);
    // One that failed must not be handed out again; who asked for it gets the error.
    ids.catch(() => {
      if (this.#listings.get(tenant) === listing) this.#listings.delete(tenant);
    });
    return ids;
  }
}

/** The ids of a page, and whether there are more behind it. `ids` are in lower case and sorted. */
export function pageOf(
  ids: readonly string[],
  query: TokenQuery,
): { readonly page: readonly string[]; readonly more: boolean } {
  const prefix = query.prefix.toLowerCase();
  const search = query.search.toLowerCase();
  const { after } = query;
  const page: string[] = [];
  for (const id of ids) {
    if (after !== undefined && id <= after) continue;
    if (!id.startsWith(prefix) || !id.includes(search)) continue;
    if (page.length === query.limit) return { page, more: true };
    page.push(id);
  }
  return { page, more: false };
}
