/** Message headers to and from the wire. The client's own header object costs several times as much to build. */
import { headers as clientHeaders, type MsgHdrs } from 'nats';

const VERSION_LINE = 'NATS/1.0\r\n';
let outgoing: Uint8Array = new Uint8Array(0);

/**
 * The client asks a header object for its bytes, synchronously and once per publish. This one answers with whatever
 * `withHeaders` was given last, so no object is built per message.
 */
const carrier: MsgHdrs = Object.defineProperty(clientHeaders(), 'encode', { value: () => outgoing });

/** Makes `bytes` the headers of the very next publish that is given the returned object. */
export function withHeaders(bytes: Uint8Array): MsgHdrs {
  outgoing = bytes;
  return carrier;
}

/** Encodes one server header and any number of checked headers of a record. */
export function encodeHeaders(name: string, value: string, headers: Readonly<Record<string, string>>): Uint8Array {
  let text = `${VERSION_LINE}${name}: ${value}\r\n`;
  for (const key in headers) text += `${key}: ${headers[key] ?? ''}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}

/** Reads headers as the server sent or stored them; the first value of a repeated header wins. */
export function decodeHeaders(bytes: Uint8Array): Record<string, string> {
  const headers: Record<string, string> = {};
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').split('\r\n');
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon)] ??= line.slice(colon + 1).trim();
  }
  return headers;
}

/** Reads the headers of a received message. */
export function readHeaders(headers: MsgHdrs | undefined): Record<string, string> {
  const read: Record<string, string> = {};
  if (headers !== undefined) for (const [name, values] of headers) read[name] = values[0] ?? '';
  return read;
}

/** Only what the writer gave: without the headers the server reads or adds. */
export function ownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own: Record<string, string> = {};
  for (const name in headers) if (!name.startsWith('Nats-')) own[name] = headers[name] ?? '';
  return own;
}
