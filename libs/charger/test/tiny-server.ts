/** Puts a tiny CSMS behind a real WebSocket server on a free port. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { TinyCsms } from './tiny-csms.ts';

export interface TinyServer {
  readonly url: string;
  /** Upgrade requests seen. */
  readonly requests: IncomingMessage[];
  /** When set, upgrades are refused with this HTTP status and headers. */
  refuse: { status: number; headers: Record<string, string> } | undefined;
  close(): Promise<void>;
}

export async function startTinyServer(csms: TinyCsms): Promise<TinyServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  const server: TinyServer = {
    url: '',
    requests: [],
    refuse: undefined,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
      });
    },
  };
  http.on('upgrade', (request, socket, head) => {
    server.requests.push(request);
    if (server.refuse !== undefined) {
      const { status, headers } = server.refuse;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n${lines.join('')}\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const events = csms.accept({
        subprotocol: ws.protocol,
        send: (text) => ws.send(text),
        close: (code, reason) => ws.close(code, reason),
        terminate: () => ws.terminate(),
        pause: (paused) => (paused ? ws.pause() : ws.resume()),
      });
      ws.on('message', (data: Buffer) => events.onText(data.toString('utf8')));
      ws.on('close', (code, reason) => events.onClose(code, String(reason)));
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(server, { url: `ws://127.0.0.1:${port}/ocpp` });
}
