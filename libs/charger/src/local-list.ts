/** Owns the local authorization list of one charger: token → status, with the version rules of the spec. */

/** One entry of SendLocalList; no status means remove (differential updates only). */
export interface LocalListEntry {
  readonly idToken: string;
  readonly status: string | undefined;
}

/** A list, compared without case. */
export class LocalList {
  readonly #statuses: Map<string, string> = new Map();
  #version = 0;

  /** Version that the CSMS gave; 0 before the first update. */
  get version(): number {
    return this.#version;
  }

  /** Entries on the list. */
  get size(): number {
    return this.#statuses.size;
  }

  /** Status of a token on the list. */
  status(idToken: string): string | undefined {
    return this.#statuses.get(idToken.toLowerCase());
  }

  /** Applies an update; a differential one must be newer than what is here. */
  update(
    kind: 'Full' | 'Differential',
    version: number,
    entries: readonly LocalListEntry[],
  ): 'Accepted' | 'VersionMismatch' {
    if (kind === 'Differential' && version <= this.#version) return 'VersionMismatch';
    if (kind === 'Full') this.#statuses.clear();
    for (const { idToken, status } of entries) {
      if (status === undefined) this.#statuses.delete(idToken.toLowerCase());
      else this.#statuses.set(idToken.toLowerCase(), status);
    }
    this.#version = version;
    return 'Accepted';
  }
}
