import { describe, expect, it } from 'vitest';
import { decodeHeaders, encodeHeaders, ownHeaders } from '../src/nats/header-codec.ts';
import { readAnswer } from '../src/nats/jetstream-api.ts';
import { parseJsonObject } from '../src/nats/json.ts';
import { readPlace } from '../src/nats/stored-message.ts';
import { bytes, text } from './harness.ts';

describe('what travels between us and the server', () => {
  it('writes headers as the protocol wants them', () => {
    expect(text(encodeHeaders('Nats-Msg-Id', '7', { 'Vl-State': 'a:b', Empty: '' }))).toBe(
      'NATS/1.0\r\nNats-Msg-Id: 7\r\nVl-State: a:b\r\nEmpty: \r\n\r\n',
    );
  });

  it('reads back what it wrote, without the server’s own', () => {
    const headers = { 'Vl-State': 'x: y {"z":1}', Empty: '' };
    expect(ownHeaders(decodeHeaders(encodeHeaders('Nats-Msg-Id', '7', headers)))).toEqual(headers);
  });

  it('reads the place of a delivery with and without a domain', () => {
    const place = { sequence: 21, consumerSequence: 3, storedAtMs: 1_763_812_345_678, pending: 9 };
    expect(readPlace('$JS.ACK.stream.consumer.1.21.3.1763812345678901234.9')).toEqual(place);
    expect(readPlace('$JS.ACK.hub.ACCHASH.stream.consumer.1.21.3.1763812345678901234.9.token')).toEqual(place);
    for (const reply of [undefined, '', '_INBOX.x', '$JS.ACK.too.short']) expect(readPlace(reply)).toBeUndefined();
  });

  it('never throws on an answer of another shape', () => {
    for (const data of ['', 'thanks', '[]', '1', 'null', '{', '\u0000'])
      expect(parseJsonObject(bytes(data))).toEqual({});
    expect(readAnswer(parseJsonObject(bytes('{"error":5}')))).toEqual({
      kind: 'error',
      status: 0,
      errorNumber: 0,
      description: '',
    });
    expect(readAnswer(parseJsonObject(bytes('{"error":{"code":503,"err_code":10008,"description":"d"}}')))).toEqual({
      kind: 'error',
      status: 503,
      errorNumber: 10008,
      description: 'd',
    });
  });
});
