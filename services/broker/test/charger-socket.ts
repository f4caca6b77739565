/** A charger's socket under a test's hand: plain frames, no behaviour. */
import { waitUntil } from '@voltlane/testkit';
import { WebSocket } from 'ws';

/** A socket of a charger. */
export interface Socket {
  readonly frames: readonly string[];
  readonly closed: () => number | undefined;
  send(text: string): void;
  /** Sends a CALL and waits for its answer. */
  ask(messageId: string, action: string, payload?: object): Promise<string>;
  /** Nothing is read any more, not even the close: what a charger behind a dead line looks like. */
  freeze(): void;
  end(): void;
}

/** Connects as a 1.6 charger; rejects when refused. */
export function openSocket(url: string): Promise<Socket> {
  const socket = new WebSocket(url, 'ocpp1.6');
  const frames: string[] = [];
  let closed: number | undefined;
  socket.on('message', (data: Buffer) => frames.push(data.toString('utf8')));
  socket.on('close', (code) => {
    closed = code;
  });
  socket.on('error', () => undefined);
  const made: Socket = {
    frames,
    closed: () => closed,
    send: (text) => socket.send(text),
    ask: async (messageId, action, payload = {}) => {
      socket.send(JSON.stringify([2, messageId, action, payload]));
      return waitUntil(`the answer to ${messageId}`, () => frames.find((frame) => frame.includes(`"${messageId}"`)));
    },
    freeze: () => socket.pause(),
    end: () => socket.terminate(),
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(made));
    socket.once('error', reject);
  });
}
