/**
 * The live sessions of this edge: by charger, for "newest wins", and by session id, for what comes down. A session leaves the
 * first index when its socket is gone and the second when it ended; late clean-up compares identity, so an old socket cannot
 * touch a newer one.
 */

import type { ChargerId, SessionId, Tenant } from '@voltlane/wire';
import { foldCase } from '@voltlane/wire';
import type { Connection } from './connection.ts';

/** Live sessions. */
export class Sessions {
  readonly #byCharger = new Map<string, Connection>();
  readonly #bySession = new Map<SessionId, Connection>();
  #ordinal = 0;

  /** Sessions whose socket is open. */
  get open(): number {
    return this.#byCharger.size;
  }

  /** Sessions that have not ended, with an open socket or without. */
  get size(): number {
    return this.#bySession.size;
  }

  /** Takes a new session and returns the one it replaces, for the caller to close after the new one is set up. */
  add(connection: Connection): Connection | undefined {
    const key = chargerKey(connection.session.tenant, connection.session.chargerId);
    const older = this.#byCharger.get(key);
    this.#ordinal += 1;
    connection.ordinal = this.#ordinal;
    this.#byCharger.set(key, connection);
    this.#bySession.set(connection.sessionId, connection);
    return older;
  }

  /** The socket is gone. */
  gone(connection: Connection): void {
    const key = chargerKey(connection.session.tenant, connection.session.chargerId);
    if (this.#byCharger.get(key) === connection) this.#byCharger.delete(key);
  }

  /** The session ended. */
  ended(connection: Connection): void {
    this.#bySession.delete(connection.sessionId);
  }

  /** The session with this id, its socket open or not. */
  get(sessionId: SessionId): Connection | undefined {
    return this.#bySession.get(sessionId);
  }

  /** True when the charger has an open socket here. */
  has(tenant: Tenant, chargerId: ChargerId): boolean {
    return this.#byCharger.has(chargerKey(tenant, chargerId));
  }

  /** The connection of the charger whose socket is open here. */
  openOf(tenant: Tenant, chargerId: ChargerId): Connection | undefined {
    return this.#byCharger.get(chargerKey(tenant, chargerId));
  }

  /** Every session that has not ended, in the order they came. */
  all(): IterableIterator<Connection> {
    return this.#bySession.values();
  }
}

/**
 * What chargers are told apart by. A tenant holds no '/', so the key is unambiguous. Identities compare case-insensitively (OCPP 2.1
 * Part 4 §3.1.1).
 */
export const chargerKey = (tenant: Tenant, chargerId: ChargerId): string => `${tenant}/${foldCase(chargerId)}`;
