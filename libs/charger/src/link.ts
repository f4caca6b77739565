/**
 * Owns the port between the charger and whatever carries its text frames: a WebSocket, a pair of queues in a test, the
 * network of the simulation. Nothing here knows OCPP frames, nothing outside ws-link.ts knows sockets.
 *
 * Guarantees a link gives:
 * 1. Texts arrive in the order in which the peer sent them.
 * 2. `onClose` is called exactly once; no `onText` after it.
 * 3. `send` after the end is dropped without an error: the owner learns of the end from `onClose`.
 */

/** One open connection to a CSMS. */
export interface ChargerLink {
  /** Subprotocol that the CSMS chose; empty when it chose none. */
  readonly subprotocol: string;
  /** Sends one text frame. Never throws. */
  send(text: string): void;
  /** Says goodbye with a close frame. `onClose` follows. */
  close(code: number, reason: string): void;
  /** Drops the connection without a close frame. `onClose` follows. */
  terminate(): void;
  /** Stops (true) or resumes (false) reading from the peer, so that a test can play a half-open connection. */
  pause(paused: boolean): void;
}

/** What a link tells its owner. */
export interface LinkEvents {
  /** One text frame arrived. */
  onText(text: string): void;
  /** The connection ended. 1006 when no close frame was seen. */
  onClose(code: number, reason: string): void;
}

/** Certificates for `wss://` URLs, PEM. */
export interface LinkTls {
  /** Trusted roots instead of the system's. */
  readonly ca?: string;
  /** Client certificate chain (security profile 3). */
  readonly cert?: string;
  /** Private key of `cert`. */
  readonly key?: string;
}

/** Where to connect and as whom. */
export interface LinkTarget {
  /** Endpoint without the identity, for instance `ws://127.0.0.1:9000/ocpp`. */
  readonly url: string;
  /** Identity; the link percent-encodes it into the last path segment. */
  readonly identity: string;
  /** Subprotocols in order of preference; may be empty (some chargers send none). */
  readonly subprotocols: readonly string[];
  /** Basic password: text is sent as UTF-8, bytes as they are (1.6 keys are raw bytes). */
  readonly password?: string | Uint8Array;
  /** Answer pings of the CSMS. Default true. */
  readonly pong?: boolean;
  /** Offer permessage-deflate. Default false. */
  readonly deflate?: boolean;
  /** Give up on the handshake after this long. Default 10 000 ms. */
  readonly handshakeTimeoutMs?: number;
  /** Certificates for `wss://`. */
  readonly tls?: LinkTls;
}

/**
 * Opens a link. Rejects with a `ChargerError` of code `handshake-refused` or `connect-failed`; `onClose` is not called
 * for a link that never opened.
 */
export type Connect = (target: LinkTarget, events: LinkEvents) => Promise<ChargerLink>;
