/** A TCP peer that writes what no decent client would: handshakes and WebSocket frames byte by byte. */

import type { Socket } from 'node:net';
import { connect } from 'node:net';

export interface RawPeer {
  readonly socket: Socket;
  /** Everything received so far, as latin1. */
  received(): string;
  ended(): boolean;
  write(data: string | Buffer): void;
  until(done: () => boolean, what: string, timeoutMs?: number): Promise<void>;
  /** Status of the HTTP response. */
  status(): Promise<number>;
}

export const rawPeer = async (port: number): Promise<RawPeer> => {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let ended = false;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const peer: RawPeer = {
    socket,
    received: () => received,
    ended: () => ended,
    write: (data) => {
      socket.write(data);
    },
    async until(done, what, timeoutMs = 3_000) {
      const end = performance.now() + timeoutMs;
      while (!done()) {
        if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}, got: ${received}`);
        await new Promise<void>((resolve) => setTimeout(resolve, 5));
      }
    },
    async status() {
      await peer.until(() => /^HTTP\/1\.1 \d{3}/.test(received), 'a status line');
      return Number(received.slice(9, 12));
    },
  };
  return peer;
};

/** Lines of a proper handshake; `extra` replaces or adds headers, a value of undefined drops one. */
export const handshake = (
  target: string,
  extra: Readonly<Record<string, string | undefined>> = {},
  method = 'GET',
): string => {
  const headers: Record<string, string | undefined> = {
    Host: 'edge',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'ocpp1.6',
    ...extra,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
};

export interface FrameFacts {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly masked?: boolean;
}

/** A client frame. */
export const wsFrame = (payload: string | Buffer, facts: FrameFacts = {}): Buffer => {
  const { opcode = 1, fin = true, rsv1 = false, masked = true } = facts;
  const body = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  const mask = masked ? 0x80 : 0;
  const head =
    body.length < 126
      ? Buffer.from([first, mask | body.length])
      : body.length < 65_536
        ? Buffer.from([first, mask | 126, body.length >> 8, body.length & 255])
        : Buffer.concat([Buffer.from([first, mask | 127, 0, 0, 0, 0]), uint32(body.length)]);
  // An all-zero mask leaves the payload as it is.
  return masked ? Buffer.concat([head, Buffer.alloc(4), body]) : Buffer.concat([head, body]);
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
