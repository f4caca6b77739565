/**
 * What the chargers of one generator themselves believe happened, as fixed records in a file: one for each call that leaves something
 * in the journal, written when it is answered or given up. 16 bytes, little endian:
 *
 *     0  u32  charger, counted over the whole test
 *     4  u32  number of the call, which is its message id
 *     8  u8   kind of the call (`CALL`)
 *     9  u8   how it ended (`ENDED`)
 *    10  u16  index of the charger's version in the plan
 *    12  u32  start in 1.6: the transaction id the broker gave; stop: Wh charged; else 0
 *
 * 1.8 million calls are 29 MB.
 */

import { closeSync, openSync, writeSync } from 'node:fs';

/** Bytes of a record. */
export const RECORD_BYTES = 16;

/** Kind of the record of a command the charger received; its number is `commandNumber` of the command's id. */
export const COMMAND_RECORD = 7;

/** A command's message id as a number: FNV-1a, 32 bits. Two commands of one charger share one by a chance of 1 in 4 billion. */
export function commandNumber(messageId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < messageId.length; at += 1) hash = Math.imul(hash ^ messageId.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** How a call ended. */
export const ENDED = {
  /** With the right result: it must be in the journal, once. */
  answered: 1,
  /** With an error, or it was put off: it may be in the journal, once. */
  refused: 2,
  /** Without an answer: likewise. */
  open: 3,
} as const;

/** One record. */
export interface ChargerRecord {
  readonly charger: number;
  readonly number: number;
  readonly kind: number;
  readonly ended: number;
  readonly version: number;
  readonly value: number;
}

/** Records kept in memory before they are written; 64 KiB. */
const BUFFERED_RECORDS = 4_096;

/** Appends records to a file. */
export class ChargerRecordWriter {
  readonly #buffer = Buffer.alloc(BUFFERED_RECORDS * RECORD_BYTES);
  readonly #file: number;
  #buffered = 0;
  #count = 0;

  constructor(file: number) {
    this.#file = file;
  }

  /** Records taken so far. */
  get count(): number {
    return this.#count;
  }

  /** Takes one record. */
  add(record: ChargerRecord): void {
    const buffer = this.#buffer;
    const at = this.#buffered * RECORD_BYTES;
    buffer.writeUInt32LE(record.charger, at);
    buffer.writeUInt32LE(record.number, at + 4);
    buffer.writeUInt8(record.kind, at + 8);
    buffer.writeUInt8(record.ended, at + 9);
    buffer.writeUInt16LE(record.version, at + 10);
    buffer.writeUInt32LE(record.value, at + 12);
    this.#buffered += 1;
    this.#count += 1;
    if (this.#buffered === BUFFERED_RECORDS) this.#flush();
  }

  /** Writes what is buffered and closes the file. */
  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#buffered * RECORD_BYTES);
    this.#buffered = 0;
  }
}

/** Starts an empty file. */
export function createChargerRecordFile(path: string): ChargerRecordWriter {
  return new ChargerRecordWriter(openSync(path, 'w'));
}
