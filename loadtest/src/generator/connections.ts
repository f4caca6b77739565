/**
 * The sockets of a generator: dials, shakes hands, reads frames, sends texts. Owns the columns `sockets` and `link`; knows nothing of
 * OCPP. All sockets read into one buffer, because what is read is used up before the next read.
 */

import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { ChargerTable } from './charger-table.ts';
import { LINK } from './charger-table.ts';
import { closeFrame, controlFrame, OPCODE, textFrame } from './client-frame.ts';
import type { Target } from './handshake.ts';
import { handshakeRequest, readHandshake } from './handshake.ts';
import { readFrames } from './server-frames.ts';

/** What happens to the connection of a row. `closed`, `refused` and `failed` are the last of it; exactly one of them comes. */
export interface ConnectionEvents {
  opened(row: number): void;
  text(row: number, text: string): void;
  /** 1006: without a close frame. */
  closed(row: number, code: number): void;
  refused(row: number, status: number, retryAfterS: number): void;
  /** Nobody there, or no answer to the handshake. */
  failed(row: number, why: string): void;
  /** Bytes that no server may send; `closed` follows. */
  broken(row: number, why: string): void;
}

/** Where and as whom a row connects. */
export interface Address {
  readonly target: Target;
  readonly source: string | undefined;
  readonly identity: string;
  readonly subprotocol: string;
}

/** What `Connections` keeps of each row. */
export type SocketColumns = Pick<ChargerTable, 'size' | 'sockets' | 'link'>;

const READ_BYTES = 65_536;
/** An edge answers within its own 10 s; then the dial counts as failed. */
const HANDSHAKE_MS_MAX = 15_000;
const NO_CLOSE_FRAME = 1006;

/** The connections of all rows. */
export class Connections {
  readonly #table: SocketColumns;
  readonly #events: ConnectionEvents;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  /** Beginnings of frames and handshakes whose rest has not come; nearly always empty. */
  readonly #begun = new Map<number, Buffer>();
  readonly #dialedMs: Float64Array;
  readonly #closeCodes: Uint16Array;
  #dialing = 0;

  constructor(table: SocketColumns, events: ConnectionEvents) {
    this.#table = table;
    this.#events = events;
    this.#dialedMs = new Float64Array(table.size);
    this.#closeCodes = new Uint16Array(table.size);
  }

  /** Dials under way. */
  get dialing(): number {
    return this.#dialing;
  }

  /** Dials; the row must be away. */
  dial(row: number, address: Address, nowMs: number): void {
    const { target, source, identity, subprotocol } = address;
    this.#dialedMs[row] = nowMs;
    this.#closeCodes[row] = NO_CLOSE_FRAME;
    this.#table.link[row] = LINK.dialing;
    this.#dialing += 1;
    let failure = '';
    const socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      // See #peerEnded.
      allowHalfOpen: true,
      ...(source === undefined ? {} : { localAddress: source }),
      onread: {
        buffer: this.#buffer,
        callback: (length) => {
          this.#read(row, length, subprotocol);
          return true;
        },
      },
    });
    this.#table.sockets[row] = socket;
    socket.once('connect', () => socket.write(handshakeRequest(target, identity, subprotocol), 'latin1'));
    socket.on('error', (error) => {
      failure = 'code' in error ? String(error.code) : error.message;
    });
    socket.once('end', () => this.#peerEnded(row, socket));
    socket.once('close', () => this.#ended(row, socket, failure));
  }

  /** Sends a text; the row must be open. */
  send(row: number, text: string): void {
    this.#table.sockets[row]?.write(textFrame(text));
  }

  /** Stops or goes on reading. */
  pause(row: number, isPaused: boolean): void {
    const socket = this.#table.sockets[row];
    if (isPaused) socket?.pause();
    else socket?.resume();
  }

  /** Gives up dials that take too long. */
  sweep(nowMs: number): void {
    if (this.#dialing === 0) return;
    const { link, sockets, size } = this.#table;
    for (let row = 0; row < size; row += 1) {
      if (link[row] === LINK.dialing && nowMs - (this.#dialedMs[row] ?? nowMs) > HANDSHAKE_MS_MAX)
        sockets[row]?.destroy();
    }
  }

  /** Ends a connection from our side with a close frame. */
  end(row: number): void {
    const socket = this.#table.sockets[row];
    if (this.#table.link[row] === LINK.open) socket?.end(closeFrame(1000));
    else socket?.destroy();
  }

  #read(row: number, length: number, subprotocol: string): void {
    const begun = this.#begun.get(row);
    let bytes = this.#buffer;
    let size = length;
    if (begun !== undefined) {
      this.#begun.delete(row);
      bytes = Buffer.concat([begun, this.#buffer.subarray(0, length)]);
      size = bytes.length;
    }
    let used = 0;
    if (this.#table.link[row] === LINK.dialing) {
      used = this.#shake(row, bytes, size, subprotocol);
      if (used < 0) return;
    }
    if (this.#table.link[row] === LINK.open && used < size) {
      const rest = used === 0 ? bytes : bytes.subarray(used, size);
      used += readFrames(row, rest, size - used, this);
    }
    if (used < size) this.#begun.set(row, Buffer.from(bytes.subarray(used, size)));
  }

  /** Bytes of the handshake's answer; -1 when it was a no. */
  #shake(row: number, bytes: Buffer, size: number, subprotocol: string): number {
    const answer = readHandshake(bytes, size, subprotocol);
    switch (answer.kind) {
      case 'unfinished':
        return 0;
      case 'open':
        this.#dialing -= 1;
        this.#table.link[row] = LINK.open;
        this.#events.opened(row);
        return answer.bytes;
      case 'refused':
        this.#leave(row);
        this.#events.refused(row, answer.status, answer.retryAfterS);
        return -1;
      case 'broken':
        this.#leave(row);
        this.#events.broken(row, answer.why);
        this.#events.failed(row, answer.why);
        return -1;
    }
  }

  text(row: number, bytes: Buffer, start: number, end: number): void {
    // What the broker writes is ASCII, except for what a charger said first.
    this.#events.text(row, bytes.toString('latin1', start, end));
  }

  ping(row: number, payload: Buffer): void {
    this.#table.sockets[row]?.write(controlFrame(OPCODE.pong, payload));
  }

  close(row: number, code: number): void {
    this.#closeCodes[row] = code;
    this.#table.sockets[row]?.end(closeFrame(code === 1005 ? 1000 : code));
  }

  broken(row: number, why: string): void {
    this.#events.broken(row, why);
    this.#table.sockets[row]?.destroy();
  }

  /** Forgets the socket of a dial that was answered with a no. */
  #leave(row: number): void {
    const socket: Socket | undefined = this.#table.sockets[row];
    this.#table.sockets[row] = undefined;
    this.#table.link[row] = LINK.away;
    this.#dialing -= 1;
    socket?.destroy();
  }

  /**
   * The server has closed its half. Ours is closed at once, and without ceremony where nobody is left to see it: a third less CPU than shutting
   * it down in order (25 µs instead of 37), and when an edge with 16,700 sockets dies, the generators are what keeps its successor from starting.
   */
  #peerEnded(row: number, socket: Socket): void {
    if (this.#closeCodes[row] === NO_CLOSE_FRAME) socket.resetAndDestroy();
    else socket.destroy();
  }

  #ended(row: number, socket: Socket, failure: string): void {
    this.#begun.delete(row);
    // A refused dial was reported already.
    if (this.#table.sockets[row] !== socket) return;
    this.#table.sockets[row] = undefined;
    const wasOpen = this.#table.link[row] === LINK.open;
    this.#table.link[row] = LINK.away;
    if (wasOpen) {
      this.#events.closed(row, this.#closeCodes[row] ?? NO_CLOSE_FRAME);
      return;
    }
    this.#dialing -= 1;
    this.#events.failed(row, failure === '' ? 'closed during the handshake' : failure);
  }

  /** When the present or last dial of a row began, ms. */
  dialedMs(row: number): number {
    return this.#dialedMs[row] ?? 0;
  }
}
