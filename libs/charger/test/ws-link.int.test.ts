/** The WebSocket link against a real server: handshake, credentials, refusals, ends. */
import { afterEach, describe, expect, it } from 'vitest';
import { connectWebSocket, type LinkEvents, linkUrl } from '../src/index.ts';
import { createTinyCsms, type TinyCsms } from './tiny-csms.ts';
import { startTinyServer, type TinyServer } from './tiny-server.ts';

const servers: TinyServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(): Promise<{ csms: TinyCsms; server: TinyServer }> {
  const csms = createTinyCsms('1.6');
  const server = await startTinyServer(csms);
  servers.push(server);
  return { csms, server };
}

const silent: LinkEvents = { onText: () => {}, onClose: () => {} };

describe('the WebSocket link', () => {
  it('percent-encodes the identity', () => {
    expect(linkUrl({ url: 'ws://h/ocpp/', identity: 'a b/c|ü' })).toBe('ws://h/ocpp/a%20b%2Fc%7C%C3%BC');
  });

  it('sends raw-byte passwords unchanged and offers the subprotocols, but no compression', async () => {
    const { server } = await start();
    const password = Uint8Array.from([0, 255, 128, 58, 10]);
    const link = await connectWebSocket(
      { url: server.url, identity: 'CP:1', subprotocols: ['ocpp2.1', 'ocpp1.6'], password },
      silent,
    );
    const headers = server.requests[0]?.headers ?? {};
    const sent = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64');
    expect(sent).toEqual(Buffer.concat([Buffer.from('CP:1:'), password]));
    expect(headers['sec-websocket-protocol']).toBe('ocpp2.1,ocpp1.6');
    expect(headers['sec-websocket-extensions']).toBeUndefined();
    expect(link.subprotocol).toBe('ocpp2.1');
    link.terminate();
  });

  it('reports a refusal with its status and Retry-After', async () => {
    const { server } = await start();
    server.refuse = { status: 503, headers: { 'Retry-After': '7' } };
    const target = { url: server.url, identity: 'CP1', subprotocols: ['ocpp1.6'] };
    await expect(connectWebSocket(target, silent)).rejects.toMatchObject({
      code: 'handshake-refused',
      status: 503,
      retryAfterMs: 7000,
    });
  });

  it('reports a port where nobody listens', async () => {
    const target = { url: 'ws://127.0.0.1:1/ocpp', identity: 'CP1', subprotocols: ['ocpp1.6'] };
    await expect(connectWebSocket(target, silent)).rejects.toMatchObject({ code: 'connect-failed', retryable: true });
  });

  it('tells the close code of the CSMS, and 1006 for a cut', async () => {
    const { csms, server } = await start();
    for (const [end, expected] of [
      ['close', 1012],
      ['cut', 1006],
    ] as const) {
      const code = await new Promise<number>((resolve) => {
        const events = { onText: (): void => {}, onClose: resolve };
        void connectWebSocket({ url: server.url, identity: 'CP1', subprotocols: ['ocpp1.6'] }, events).then(() => {
          if (end === 'close') csms.links.at(-1)?.close(1012, 'restart');
          else csms.links.at(-1)?.terminate();
        });
      });
      expect(code).toBe(expected);
    }
  });
});
