/**
 * The opening handshake of a client (RFC 6455 §4), for a server the test itself has started: one key for all connections, so that
 * its acceptance is computed once.
 */

import { createHash } from 'node:crypto';

const KEY = Buffer.from('voltlane loadtst').toString('base64');
const ACCEPT = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** Where a charger connects. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Path without the identity, e.g. `/ocpp`. */
  readonly path: string;
}

/** Where the chargers of `url`, e.g. `ws://127.0.0.1:9220/ocpp`, connect. */
export function parseTarget(url: string): Target {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: port === '' ? 80 : Number(port), path: pathname.replace(/\/$/, '') };
}

/** The answer to a handshake. */
export type HandshakeAnswer =
  /** The end of the header has not come yet. */
  | { readonly kind: 'unfinished' }
  /** Open; frames begin at `bytes`. */
  | { readonly kind: 'open'; readonly bytes: number }
  /** No. `retryAfterS` is what the server asks for, 0 when it asks for nothing. */
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfterS: number }
  | { readonly kind: 'broken'; readonly why: string };

/** The request of one charger. */
export function handshakeRequest(target: Target, identity: string, subprotocol: string): string {
  return (
    `GET ${target.path}/${identity} HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\nUpgrade: websocket\r\n` +
    `Connection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`
  );
}

/** Reads what has come so far. */
export function readHandshake(bytes: Buffer, length: number, subprotocol: string): HandshakeAnswer {
  const end = bytes.subarray(0, length).indexOf('\r\n\r\n');
  if (end < 0) return { kind: 'unfinished' };
  const head = bytes.toString('latin1', 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  if (status !== 101) {
    const retryAfterS = Number(/^retry-after: *(\d+)/im.exec(head)?.[1] ?? 0);
    return status === 0 ? { kind: 'broken', why: 'not HTTP' } : { kind: 'refused', status, retryAfterS };
  }
  if (!head.includes(ACCEPT)) return { kind: 'broken', why: 'wrong Sec-WebSocket-Accept' };
  // A proxy in between may write names of headers its own way.
  const agreed = /^sec-websocket-protocol: *(\S+) *\r?$/im.exec(head)?.[1];
  if (agreed !== subprotocol) return { kind: 'broken', why: 'other subprotocol' };
  return { kind: 'open', bytes: end + 4 };
}
