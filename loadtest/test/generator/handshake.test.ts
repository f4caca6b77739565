import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { handshakeRequest, readHandshake } from '../../src/generator/handshake.ts';

const TARGET = { host: '127.0.0.1', port: 9000, path: '/ocpp' };

function answered(text: string): ReturnType<typeof readHandshake> {
  const bytes = Buffer.from(text, 'latin1');
  return readHandshake(bytes, bytes.length, 'ocpp1.6');
}

describe('the handshake of a generator', () => {
  it('is one that a server understands', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const seen = new Promise<Record<string, unknown>>((resolve) => {
      server.on('upgrade', (request, socket) => {
        resolve({ url: request.url, ...request.headers });
        socket.destroy();
      });
    });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(handshakeRequest(TARGET, 'LT-1', 'ocpp2.0.1'));
    const headers = await seen;
    expect(headers).toMatchObject({ url: '/ocpp/LT-1', upgrade: 'websocket', 'sec-websocket-protocol': 'ocpp2.0.1' });
    expect(String(headers['sec-websocket-key'])).toMatch(/^[+/0-9A-Za-z]{22}==$/);
    server.close();
  });

  it('waits for the end of the header', () => {
    expect(answered('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n')).toEqual({ kind: 'unfinished' });
  });

  it('reads a no and when to come again', () => {
    const text = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n';
    expect(answered(text)).toEqual({ kind: 'refused', status: 503, retryAfterS: 17 });
    expect(answered('HTTP/1.1 404 Not Found\r\n\r\n')).toEqual({ kind: 'refused', status: 404, retryAfterS: 0 });
  });

  it('believes no other acceptance and no other subprotocol, however the names of headers are written', () => {
    const key = /Sec-WebSocket-Key: (\S+)/.exec(handshakeRequest(TARGET, 'LT-1', 'ocpp1.6'))?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const yes = (accepted: string, protocol: string): string =>
      `HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ${accepted}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`;
    const right = yes(accept, 'ocpp1.6');
    expect(answered(`${right}frames`)).toEqual({ kind: 'open', bytes: right.length });
    const throughProxy = right.replaceAll(/^[^:\r\n]+:/gm, (name) => name.toLowerCase());
    expect(answered(throughProxy)).toEqual({ kind: 'open', bytes: right.length });
    expect(answered(yes('x', 'ocpp1.6'))).toEqual({ kind: 'broken', why: 'wrong Sec-WebSocket-Accept' });
    expect(answered(yes(accept, 'ocpp2.0.1'))).toEqual({ kind: 'broken', why: 'other subprotocol' });
    expect(answered('SSH-2.0-OpenSSH\r\n\r\n')).toEqual({ kind: 'broken', why: 'not HTTP' });
  });
});
