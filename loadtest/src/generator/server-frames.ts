/**
 * Reads the frames a WebSocket server sends (RFC 6455 §5): unmasked, never fragmented by the edges under test. Copies nothing:
 * the sink gets a range of the bytes that just came.
 */

/** What a frame says. Ranges are valid during the call only. */
export interface FrameSink {
  text(row: number, bytes: Buffer, start: number, end: number): void;
  ping(row: number, payload: Buffer): void;
  /** 1005 when the frame holds no code. */
  close(row: number, code: number): void;
  /** Bytes that no server may send; nothing after them is read. */
  broken(row: number, why: string): void;
}

const FIN_AND_RESERVED = 0xf0;
const FIN = 0x80;
const MASKED = 0x80;
const NO_CODE = 1005;

/** Hands every whole frame of `bytes` to the sink; returns how many bytes were used, the rest is the beginning of a frame. */
export function readFrames(row: number, bytes: Buffer, length: number, sink: FrameSink): number {
  let at = 0;
  while (length - at >= 2) {
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    if ((first & FIN_AND_RESERVED) !== FIN) {
      sink.broken(row, 'a fragment or a reserved bit');
      return length;
    }
    if ((second & MASKED) !== 0) {
      sink.broken(row, 'a masked frame');
      return length;
    }
    let start = at + 2;
    let size = second;
    if (size === 126) {
      if (length - at < 4) break;
      size = bytes.readUInt16BE(start);
      start += 2;
    } else if (size === 127) {
      if (length - at < 10) break;
      size = Number(bytes.readBigUInt64BE(start));
      start += 8;
    }
    const end = start + size;
    if (end > length) break;
    at = end;
    switch (first & 0x0f) {
      case 1:
        sink.text(row, bytes, start, end);
        break;
      case 8:
        sink.close(row, size >= 2 ? bytes.readUInt16BE(start) : NO_CODE);
        return length;
      case 9:
        sink.ping(row, bytes.subarray(start, end));
        break;
      case 10:
        break;
      default:
        sink.broken(row, `opcode ${first & 0x0f}`);
        return length;
    }
  }
  return at;
}
