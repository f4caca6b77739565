/** A charger that writes frames as it is told and keeps what comes back. */
import { waitUntil } from '@voltlane/testkit';
import { systemClock, withTimeout } from '@voltlane/time';
import { WebSocket } from 'ws';

/** One. */
export interface FramePeer {
  readonly socket: WebSocket;
  /** Everything received, oldest first. */
  readonly frames: readonly string[];
  send(text: string): void;
  /** Sends a CALL and resolves with the frame that answers it. */
  ask(messageId: string, action: string, payload: string): Promise<string>;
}

const ANSWER_MS_MAX = 20_000;

/** Connects and boots; 1.6. */
export async function bootedPeer(url: string, id: string): Promise<FramePeer> {
  const peer = await openPeer(url, id);
  const answer = await peer.ask('boot', 'BootNotification', '{"chargePointVendor":"V","chargePointModel":"M"}');
  if (!answer.includes('"Accepted"')) throw new Error(`${id} was not accepted: ${answer}`);
  return peer;
}

/** Connects. */
export async function openPeer(url: string, id: string): Promise<FramePeer> {
  const socket = new WebSocket(`${url}/${encodeURIComponent(id)}`, 'ocpp1.6');
  const frames: string[] = [];
  const waiting = new Map<string, (frame: string) => void>();
  socket.on('message', (data: Buffer) => {
    const frame = data.toString('utf8');
    frames.push(frame);
    const messageId = /^\[[34],"([^"]*)"/.exec(frame)?.[1] ?? '';
    waiting.get(messageId)?.(frame);
    waiting.delete(messageId);
  });
  socket.on('error', () => undefined);
  await waitUntil(`${id} is connected`, () => {
    if (socket.readyState === WebSocket.CLOSED) throw new Error('refused');
    return socket.readyState === WebSocket.OPEN;
  });
  const send = (text: string): void => socket.send(text);
  return {
    socket,
    frames,
    send,
    ask: (messageId, action, payload) => {
      const answer = new Promise<string>((resolve) => waiting.set(messageId, resolve));
      send(`[2,"${messageId}","${action}",${payload}]`);
      return withTimeout(systemClock, answer, ANSWER_MS_MAX, `the answer to ${action} ${messageId} of ${id}`);
    },
  };
}
