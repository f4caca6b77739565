/**
 * The only file that touches `ws`: turns an accepted handshake into a WebSocket and its events into calls on a connection.
 * Owns the limits of the transport; knows nothing of OCPP. Handlers are shared by all sockets, and a socket finds its
 * connection in a field of its own, so that a charger costs no closures.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData } from 'ws';
import { WebSocket, WebSocketServer } from 'ws';
import type { Connection } from './connection.ts';
import { textFrame } from './text-frame.ts';

/** Limits of the transport. */
export interface SocketOptions {
  readonly frameBytesMax: number;
  readonly compression: 'off' | 'offered';
}

/** Fragments one message may have; a charger sends one. */
const FRAGMENTS_MAX = 128;
/** Chunks a message under way may be buffered in. */
const BUFFERED_CHUNKS_MAX = 4_096;
/** How long a socket we closed may take to close from its side. */
const CLOSE_TIMEOUT_MS = 5_000;

/** permessage-deflate that keeps no window per socket (protocol.md §1.7): its price is memory. */
const DEFLATE = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 10,
  threshold: 256,
  concurrencyLimit: 4,
};

/** A WebSocket that knows its connection. */
export class ChargerSocket extends WebSocket {
  /** Set in the callback of `accept`, before any event can fire. */
  connection: Connection | undefined;
  /** What `ws` writes its frames to, when frames of ours may stand between them: undefined where it compresses, and has a queue of its own. */
  plainStream: Duplex | undefined;
  /** Where `ws` collects the fragments of the next message. */
  #fragments: unknown[] | undefined;

  /** A lone surrogate leaves as U+FFFD, as with `ws`. */
  override send(text: string): void {
    if (this.plainStream === undefined || this.readyState !== WebSocket.OPEN) {
      super.send(text);
      return;
    }
    this.plainStream.write(textFrame(text), 'latin1');
  }

  /**
   * Empties the list the present message was collected in; to be called for each message, and before the first. `ws` makes that list when the
   * message before has come. It is in the old generation by now, and although nobody will look at it again it would keep the message, with
   * its buffer, until the next full collection.
   */
  forgetFragments(): void {
    if (this.#fragments !== undefined) this.#fragments.length = 0;
    this.#fragments = fragmentsOf(this);
  }
}

/** A private field of `ws` 8, which is why it may be anything; without it messages only live longer. */
function fragmentsOf(socket: object): unknown[] | undefined {
  const receiver = '_receiver' in socket ? socket._receiver : undefined;
  if (typeof receiver !== 'object' || receiver === null || !('_fragments' in receiver)) return undefined;
  return Array.isArray(receiver._fragments) ? receiver._fragments : undefined;
}

/** Completes handshakes. */
export interface SocketServer {
  /**
   * Answers 101 with `token` as subprotocol (none when undefined) and calls `onOpen` with the socket in the same turn, so that
   * a frame that is already here cannot arrive before somebody listens.
   */
  accept(
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    token: string | undefined,
    onOpen: (socket: ChargerSocket) => void,
  ): void;
}

/** A server without a listener of its own. */
export const createSocketServer = (options: SocketOptions): SocketServer => {
  const transport = {
    noServer: true,
    clientTracking: false,
    WebSocket: ChargerSocket,
    maxPayload: options.frameBytesMax,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    // Known to ws 8.23, not yet to its types.
    closeTimeout: CLOSE_TIMEOUT_MS,
    skipUTF8Validation: false,
    autoPong: true,
    perMessageDeflate: options.compression === 'off' ? false : DEFLATE,
  };
  const server = new WebSocketServer<typeof ChargerSocket>(transport);
  return {
    accept(request, stream, head, token, onOpen) {
      // `ws` echoes the first offer; the choice was made already.
      if (token === undefined) delete request.headers['sec-websocket-protocol'];
      else request.headers['sec-websocket-protocol'] = token;
      server.handleUpgrade(request, stream, head, (socket) => {
        socket.binaryType = 'nodebuffer';
        if (socket.extensions === '') socket.plainStream = stream;
        socket.forgetFragments();
        socket.on('message', onMessage);
        socket.on('ping', onHeard);
        socket.on('pong', onHeard);
        socket.on('close', onClose);
        socket.on('error', onError);
        onOpen(socket);
      });
    },
  };
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (!(this instanceof ChargerSocket)) return;
  this.forgetFragments();
  if (!Buffer.isBuffer(data)) return;
  // `ws` has checked the UTF-8 of text frames.
  const text = isBinary ? decode(data) : data.toString('utf8');
  if (text === undefined) this.connection?.unreadable(data);
  else this.connection?.frame(text, data.length);
}

// Some chargers send their JSON in binary frames (lbbrhzn/ocpp D8).
const decode = (data: Buffer): string | undefined => {
  try {
    return utf8.decode(data);
  } catch {
    // Reported as a value: the session closes with 1007.
    return undefined;
  }
};

function onHeard(this: WebSocket): void {
  if (this instanceof ChargerSocket) this.connection?.heard();
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  if (this instanceof ChargerSocket) this.connection?.gone(code, reason.toString('utf8'));
}

function onError(this: WebSocket, error: Error): void {
  // `close` follows and ends the session; this only says what the peer did.
  if (this instanceof ChargerSocket) this.connection?.failed('code' in error ? String(error.code) : '');
}
