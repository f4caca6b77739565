/** A WebSocket server of a few lines under a test's control, so that the generator's own frames are not tested with themselves. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** One connection of a charger. */
export interface ScriptedPeer {
  readonly identity: string;
  send(text: string): void;
  ping(): void;
  /** Ends without a close frame. */
  cut(): void;
  close(code: number): void;
}

/** The server. */
export interface ScriptedBroker {
  readonly port: number;
  /** Pongs received. */
  pongs(): number;
  stop(): void;
}

/** What it does. */
export interface Script {
  /** A refusal as a whole HTTP response, or undefined to let the charger in. */
  readonly refuse?: (identity: string) => string | undefined;
  readonly onText: (peer: ScriptedPeer, text: string) => void;
}

/** Listens on a free port. */
export async function startScriptedBroker(script: Script): Promise<ScriptedBroker> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  let pongs = 0;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const identity = (request.url ?? '').split('/').at(-1) ?? '';
    const refusal = script.refuse?.(identity);
    if (refusal !== undefined) {
      socket.end(refusal);
      return;
    }
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const protocol = request.headers['sec-websocket-protocol'];
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
        `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    const frame = (opcode: number, payload: Buffer): Buffer =>
      Buffer.concat([
        payload.length < 126
          ? Buffer.from([0x80 | opcode, payload.length])
          : Buffer.from([0x80 | opcode, 126, payload.length >>> 8, payload.length & 255]),
        payload,
      ]);
    const peer: ScriptedPeer = {
      identity,
      send: (text) => void socket.write(frame(1, Buffer.from(text))),
      ping: () => void socket.write(frame(9, Buffer.from('p'))),
      cut: () => socket.destroy(),
      close: (code) => void socket.end(frame(8, Buffer.from([code >>> 8, code & 255]))),
    };
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let read = takeFrame(rest); read !== undefined; read = takeFrame(rest)) {
        rest = rest.subarray(read.bytes);
        if (read.opcode === 10) pongs += 1;
        if (read.opcode === 1) script.onText(peer, read.payload.toString());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    pongs: () => pongs,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function takeFrame(bytes: Buffer): { opcode: number; payload: Buffer; bytes: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const extended = short === 126 ? 2 : 0;
  const length = extended === 0 ? short : bytes.readUInt16BE(2);
  const start = 6 + extended;
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.subarray(start, start + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return { opcode: (bytes[0] ?? 0) & 15, payload: Buffer.from(payload), bytes: start + length };
}
