/**
 * How other terminals reach a running set: a socket in its folder, which only its owner can open. One line is the order; lines of progress
 * come back, the last one is `ok` or `failed <why>`.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DeployError } from '../errors.ts';

/** Carries an order out; what it rejects with is sent back. */
export type OnOrder = (order: string, say: (line: string) => void) => Promise<void>;

/** A listening socket. */
export interface Control {
  /** Takes no more orders; resolves when everybody has been answered. */
  close(): Promise<void>;
}

const OK = 'ok';
const FAILED = 'failed ';
/** Time to read the last answer, ms. */
const LINGER_MS_MAX = 2_000;
/** Longest order, characters. */
const ORDER_CHARS_MAX = 100;
/** The system allows 107, and haproxy puts some behind the name of its own socket while it starts. */
const PATH_BYTES_MAX = 90;

/** Path of the socket of a set. Throws DeployError when the folder's name is too long for one. */
export function controlPath(folder: string): string {
  const path = join(folder, 'control.sock');
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    throw new DeployError('bad-options', `${folder} is too long a name for sockets in it: give another --dir`);
  return path;
}

/** Listens. Whoever starts must have made sure that nobody answers there. */
export async function startControl(path: string, onOrder: OnOrder): Promise<Control> {
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    let text = '';
    // Who asked may be gone; the order is carried out all the same.
    socket.on('error', () => undefined);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      if (text.length > ORDER_CHARS_MAX) socket.destroy();
      if (!text.endsWith('\n')) return;
      socket.removeAllListeners('data');
      void carryOut(socket, text.trim(), onOrder);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      const cut = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, LINGER_MS_MAX);
      await closed;
      clearTimeout(cut);
    },
  };
}

async function carryOut(socket: Socket, order: string, onOrder: OnOrder): Promise<void> {
  try {
    await onOrder(order, (line) => void socket.write(`${line}\n`));
    socket.end(`${OK}\n`);
  } catch (error) {
    // One line: the reader takes the last one.
    const why = error instanceof Error ? error.message : String(error);
    socket.end(`${why.split('\n').slice(1).join('\n')}\n${FAILED}${why.split('\n', 1)[0]}\n`);
  }
}

/** Gives an order; resolves when it was carried out. Rejects with DeployError `not-running` when nobody answers. */
export async function order(path: string, text: string, say: (line: string) => void): Promise<void> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new DeployError('not-running', `no set answers at ${path}; start one with deploy/local.sh`, { cause });
  }
  socket.setEncoding('utf8');
  socket.write(`${text}\n`);
  let rest = '';
  let last = '';
  for await (const part of socket) {
    const lines = (rest + String(part)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (last !== '') say(last);
      last = line;
    }
  }
  if (last.startsWith(FAILED)) throw new DeployError('not-ready', last.slice(FAILED.length));
  if (last !== OK) throw new DeployError('not-running', `the set ended before it had answered "${text}"`);
}

/** True when a set answers. */
export async function isRunning(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
