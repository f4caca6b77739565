/** What a journal record may be; the same on both adapters. Pure. */
import { BusError } from './errors.ts';
import type { JournalRecord } from './ports.ts';

const HEADER_NAME = /^(?!nats-)[A-Za-z-]+$/i;
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** Throws BusError `bad-subject` for headers that cannot be carried unchanged. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) {
      throw new BusError(
        'bad-subject',
        `header ${JSON.stringify(name)} cannot be carried: name or value has other characters than allowed`,
      );
    }
  }
}

/** Throws BusError `too-large` when body and headers together exceed `bytesMax`. */
export function checkRecordSize(record: JournalRecord, bytesMax: number): void {
  // What the headers cost on the wire: "name: value\r\n" each.
  let bytes = record.body.length;
  for (const name in record.headers) bytes += name.length + (record.headers[name]?.length ?? 0) + 4;
  if (bytes > bytesMax) throw new BusError('too-large', `record of ${bytes} bytes is above the limit of ${bytesMax}`);
}
