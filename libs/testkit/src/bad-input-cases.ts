/**
 * What goes wrong between a charger and the broker, and what must come back. Data only, so that the same table can be held
 * against an edge alone (`bad-input.int.test.ts`) and against a whole broker.
 */
import { handshake, wsFrame } from './raw-peer.ts';

export type Version = '1.6' | '2.0.1' | '2.1';

/** Text (or binary) frames on a live socket. */
export interface FrameCase {
  readonly what: string;
  readonly version: Version;
  readonly send: string | Buffer;
  readonly binary?: boolean;
  /** `[type, id, code]` of the answer; undefined = ignored, and the socket lives on. */
  readonly answer?: readonly [type: 3 | 4 | 5, id: string, code?: string];
  /** The socket closes with this code instead. */
  readonly closes?: number;
}

/** Bytes after a handshake on a raw socket; the connection must end, with this close code where one can be sent. */
export interface BytesCase {
  readonly what: string;
  readonly bytes: Buffer;
  readonly code: number;
}

/** Bytes instead of a handshake. */
export interface HandshakeCase {
  readonly what: string;
  readonly bytes: string;
  readonly status: number;
}

const deep = (depth: number): string => `[2,"1","DataTransfer",${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}]`;
const longId = 'x'.repeat(37);
const boot16 = (fields: string): string => `[2,"1","BootNotification",{${fields}}]`;
const OCCURRENCE_16 = 'OccurenceConstraintViolation';
const OCCURRENCE = 'OccurrenceConstraintViolation';
const event = (fields: string): string => `[2,"1","TransactionEvent",{${fields}}]`;

export const FRAME_CASES: readonly FrameCase[] = [
  // Not JSON, or not a frame. 1.6 has no rule for an unreadable id: counted and dropped.
  { what: 'nothing at all', version: '1.6', send: '' },
  { what: 'nothing at all', version: '2.0.1', send: '', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'blanks', version: '2.1', send: '  \n', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'a word', version: '1.6', send: 'hello' },
  { what: 'a word', version: '2.0.1', send: 'hello', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'an object', version: '2.1', send: '{}', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'an object', version: '1.6', send: '{}' },
  { what: 'a number', version: '2.0.1', send: '42', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'an empty array', version: '2.0.1', send: '[]', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'an empty array', version: '1.6', send: '[]' },
  { what: 'a truncated frame', version: '1.6', send: '[2,"1","Heartbeat",{}', answer: [4, '1', 'FormationViolation'] },
  { what: 'a truncated frame', version: '2.0.1', send: '[2,"1","Heartbeat",{', answer: [4, '1', 'FormatViolation'] },
  {
    what: 'broken JSON in the payload',
    version: '2.1',
    send: '[2,"1","Heartbeat",{"a":}]',
    answer: [4, '1', 'FormatViolation'],
  },
  { what: 'a leading comma (ZJ BENY)', version: '1.6', send: '[,{' },
  {
    what: 'two frames in one',
    version: '2.0.1',
    send: '[2,"1","Heartbeat",{}][2,"2","Heartbeat",{}]',
    answer: [4, '1', 'FormatViolation'],
  },
  { what: 'deep nesting', version: '2.0.1', send: deep(5_000), answer: [4, '1', 'FormatViolation'] },
  { what: 'deep arrays', version: '1.6', send: '['.repeat(100_000) },
  { what: 'NaN', version: '2.1', send: '[2,"1","Heartbeat",NaN]', answer: [4, '1', 'FormatViolation'] },

  // Message types.
  { what: 'type 7', version: '1.6', send: '[7,"1","Heartbeat",{}]' },
  { what: 'type 7', version: '2.0.1', send: '[7,"1","Heartbeat",{}]', answer: [4, '1', 'MessageTypeNotSupported'] },
  { what: 'type 7', version: '2.1', send: '[7,"1","Heartbeat",{}]' },
  { what: 'a type as text', version: '2.0.1', send: '["2","1","Heartbeat",{}]', answer: [4, '1', 'RpcFrameworkError'] },
  { what: 'SEND in 1.6', version: '1.6', send: '[6,"1","NotifyPeriodicEventStream",{}]' },
  {
    what: 'SEND in 2.0.1',
    version: '2.0.1',
    send: '[6,"1","NotifyPeriodicEventStream",{}]',
    answer: [4, '1', 'MessageTypeNotSupported'],
  },
  { what: 'SEND that breaks its schema', version: '2.1', send: '[6,"1","NotifyPeriodicEventStream",{"id":"x"}]' },
  { what: 'SEND of a CALL action', version: '2.1', send: '[6,"1","Heartbeat",{}]' },
  {
    what: 'CALLRESULTERROR in 2.0.1',
    version: '2.0.1',
    send: '[5,"1","InternalError","",{}]',
    answer: [4, '1', 'MessageTypeNotSupported'],
  },
  { what: 'CALLRESULTERROR to nothing', version: '2.1', send: '[5,"1","InternalError","",{}]' },

  // Message ids.
  { what: 'a number as id', version: '1.6', send: '[2,7,"Heartbeat",{}]', answer: [4, '7', 'FormationViolation'] },
  { what: 'a number as id', version: '2.0.1', send: '[2,7,"Heartbeat",{}]', answer: [4, '7', 'RpcFrameworkError'] },
  { what: 'null as id', version: '2.1', send: '[2,null,"Heartbeat",{}]', answer: [4, '-1', 'RpcFrameworkError'] },
  { what: 'an empty id', version: '2.0.1', send: '[2,"","Heartbeat",{}]', answer: [4, '-1', 'RpcFrameworkError'] },
  {
    what: 'an id of 37 characters',
    version: '2.0.1',
    send: `[2,"${longId}","Heartbeat",{}]`,
    answer: [4, longId, 'RpcFrameworkError'],
  },
  {
    what: 'an id with a quote in it',
    version: '1.6',
    send: '[2,"a\\"b","Nope",{}]',
    answer: [4, 'a"b', 'NotImplemented'],
  },

  // Actions.
  { what: 'an unknown action', version: '1.6', send: '[2,"1","Frobnicate",{}]', answer: [4, '1', 'NotImplemented'] },
  { what: 'an unknown action', version: '2.0.1', send: '[2,"1","Frobnicate",{}]', answer: [4, '1', 'NotImplemented'] },
  {
    what: 'an action in lower case',
    version: '1.6',
    send: '[2,"1","heartbeat",{}]',
    answer: [4, '1', 'NotImplemented'],
  },
  { what: 'an action of 2.x in 1.6', version: '1.6', send: event('"a":1'), answer: [4, '1', 'NotImplemented'] },
  {
    what: 'an action of 1.6 in 2.x',
    version: '2.0.1',
    send: '[2,"1","StartTransaction",{}]',
    answer: [4, '1', 'NotImplemented'],
  },
  {
    what: 'an action of 2.1 in 2.0.1',
    version: '2.0.1',
    send: '[2,"1","NotifySettlement",{}]',
    answer: [4, '1', 'NotImplemented'],
  },
  {
    what: 'an action of the other direction',
    version: '1.6',
    send: '[2,"1","Reset",{"type":"Soft"}]',
    answer: [4, '1', 'NotSupported'],
  },
  {
    what: 'an action of the other direction',
    version: '2.1',
    send: '[2,"1","GetVariables",{}]',
    answer: [4, '1', 'NotSupported'],
  },
  {
    what: 'a property of Object as action',
    version: '1.6',
    send: '[2,"1","constructor",{}]',
    answer: [4, '1', 'NotImplemented'],
  },
  { what: '__proto__ as action', version: '2.0.1', send: '[2,"1","__proto__",{}]', answer: [4, '1', 'NotImplemented'] },
  { what: 'a number as action', version: '1.6', send: '[2,"1",5,{}]', answer: [4, '1', 'FormationViolation'] },

  // Payloads.
  { what: 'no payload', version: '1.6', send: '[2,"1","Heartbeat"]', answer: [4, '1', 'FormationViolation'] },
  { what: 'no payload', version: '2.0.1', send: '[2,"1","Heartbeat"]', answer: [4, '1'] },
  {
    what: 'an array as payload',
    version: '1.6',
    send: '[2,"1","Heartbeat",[]]',
    answer: [4, '1', 'FormationViolation'],
  },
  { what: 'a text as payload', version: '2.1', send: '[2,"1","Heartbeat","{}"]', answer: [4, '1'] },
  { what: 'a fifth element', version: '2.0.1', send: '[2,"1","Heartbeat",{},{}]', answer: [4, '1'] },
  {
    what: 'an extra property',
    version: '1.6',
    send: '[2,"1","Heartbeat",{"x":1}]',
    answer: [4, '1', 'FormationViolation'],
  },
  {
    what: 'an extra property',
    version: '2.0.1',
    send: '[2,"1","Heartbeat",{"x":1}]',
    answer: [4, '1', 'ProtocolError'],
  },
  {
    what: 'a missing property',
    version: '1.6',
    send: boot16('"chargePointVendor":"V"'),
    answer: [4, '1', OCCURRENCE_16],
  },
  {
    what: 'a missing property',
    version: '2.1',
    send: '[2,"1","BootNotification",{"reason":"PowerUp"}]',
    answer: [4, '1', OCCURRENCE],
  },
  {
    what: 'a wrong type',
    version: '1.6',
    send: boot16('"chargePointVendor":5,"chargePointModel":"M"'),
    answer: [4, '1', 'TypeConstraintViolation'],
  },
  {
    what: 'a wrong type',
    version: '2.0.1',
    send: '[2,"1","BootNotification",{"reason":"PowerUp","chargingStation":"x"}]',
    answer: [4, '1', 'TypeConstraintViolation'],
  },
  {
    what: 'a wrong enum value',
    version: '2.0.1',
    send: '[2,"1","BootNotification",{"reason":"Nope","chargingStation":{"model":"M","vendorName":"V"}}]',
    answer: [4, '1', 'PropertyConstraintViolation'],
  },
  {
    what: 'a text too long',
    version: '1.6',
    send: boot16(`"chargePointVendor":"${'v'.repeat(21)}","chargePointModel":"M"`),
    answer: [4, '1', 'PropertyConstraintViolation'],
  },
  {
    what: 'a bad time',
    version: '1.6',
    send: '[2,"1","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":"yesterday"}]',
    answer: [4, '1', 'PropertyConstraintViolation'],
  },
  {
    what: 'a fraction for an integer',
    version: '1.6',
    send: '[2,"1","StatusNotification",{"connectorId":1.5,"errorCode":"NoError","status":"Available"}]',
    answer: [4, '1', 'TypeConstraintViolation'],
  },
  {
    what: 'an empty list',
    version: '2.0.1',
    send: '[2,"1","MeterValues",{"evseId":1,"meterValue":[]}]',
    answer: [4, '1', OCCURRENCE],
  },
  {
    what: 'a broken StartTransaction, refused once recorded',
    version: '1.6',
    send: '[2,"1","StartTransaction",{"connectorId":1}]',
    answer: [4, '1', OCCURRENCE_16],
  },
  {
    what: 'a broken StopTransaction, refused once recorded',
    version: '1.6',
    send: '[2,"1","StopTransaction",{"transactionId":"x"}]',
    answer: [4, '1'],
  },
  {
    what: 'a broken TransactionEvent, refused once recorded',
    version: '2.0.1',
    send: event('"eventType":"Started"'),
    answer: [4, '1', OCCURRENCE],
  },

  // Answers nobody asked for: counted, dropped.
  { what: 'a result to nothing', version: '1.6', send: '[3,"nobody",{}]' },
  { what: 'a result to nothing', version: '2.1', send: '[3,"nobody",{}]' },
  { what: 'an error to nothing', version: '2.0.1', send: '[4,"nobody","InternalError","",{}]' },
  { what: 'a result without payload', version: '1.6', send: '[3,"nobody"]' },
  { what: 'an error with little in it', version: '1.6', send: '[4,"nobody"]' },

  // What is unusual but right.
  { what: 'blanks around and within', version: '1.6', send: ' [ 2 , "1" , "Heartbeat" , { } ] ', answer: [3, '1'] },
  { what: 'a trailing NUL', version: '1.6', send: '[2,"1","Heartbeat",{}]\u0000', answer: [3, '1'] },
  { what: 'a binary frame of text', version: '1.6', send: '[2,"1","Heartbeat",{}]', binary: true, answer: [3, '1'] },
  { what: 'an id in Japanese', version: '2.0.1', send: '[2,"時計","Heartbeat",{}]', answer: [3, '時計'] },
  { what: '"-1" as id', version: '2.0.1', send: '[2,"-1","Heartbeat",{}]', answer: [3, '-1'] },

  // What ends the socket.
  {
    what: 'a binary frame that is not UTF-8',
    version: '1.6',
    send: Buffer.from([0xff, 0xfe, 0x00]),
    binary: true,
    closes: 1007,
  },
  {
    what: 'a frame above the limit',
    version: '1.6',
    send: `[2,"1","DataTransfer",{"vendorId":"v","data":"${'x'.repeat(300_000)}"}]`,
    closes: 1009,
  },
];

export const BYTES_CASES: readonly BytesCase[] = [
  { what: 'an unmasked frame', bytes: wsFrame('[2,"1","Heartbeat",{}]', { masked: false }), code: 1002 },
  { what: 'RSV1 without compression', bytes: wsFrame('x', { rsv1: true }), code: 1002 },
  { what: 'text that is not UTF-8', bytes: wsFrame(Buffer.from([0xc3, 0x28])), code: 1007 },
  { what: 'a reserved opcode', bytes: wsFrame('x', { opcode: 3 }), code: 1002 },
  { what: 'a fragmented ping', bytes: wsFrame('x', { opcode: 9, fin: false }), code: 1002 },
  { what: 'a ping of 126 bytes', bytes: wsFrame('x'.repeat(126), { opcode: 9 }), code: 1002 },
  { what: 'a continuation of nothing', bytes: wsFrame('x', { opcode: 0 }), code: 1002 },
  { what: 'a close frame of one byte', bytes: wsFrame('x', { opcode: 8 }), code: 1002 },
  { what: 'a length of 2^60', bytes: Buffer.from([0x81, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), code: 1009 },
  {
    what: 'more fragments than allowed',
    bytes: Buffer.concat([
      wsFrame('x', { fin: false }),
      ...Array.from({ length: 200 }, () => wsFrame('x', { opcode: 0, fin: false })),
    ]),
    code: 1008,
  },
];

export const HANDSHAKE_CASES: readonly HandshakeCase[] = [
  { what: 'a plain GET', bytes: 'GET /ocpp/CP1 HTTP/1.1\r\nHost: e\r\n\r\n', status: 426 },
  { what: 'a plain GET elsewhere', bytes: 'GET /x HTTP/1.1\r\nHost: e\r\n\r\n', status: 404 },
  { what: 'no Connection: Upgrade (Autel)', bytes: handshake('/ocpp/CP1', { Connection: undefined }), status: 426 },
  { what: 'not HTTP', bytes: 'hello\r\n\r\n', status: 400 },
  { what: 'TLS on the plain port', bytes: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', status: 400 },
  { what: 'a raw blank in the path', bytes: handshake('/ocpp/CP 1'), status: 400 },
  { what: 'headers too large', bytes: handshake('/ocpp/CP1', { 'X-Big': 'x'.repeat(20_000) }), status: 431 },
  { what: 'no key', bytes: handshake('/ocpp/CP1', { 'Sec-WebSocket-Key': undefined }), status: 400 },
  { what: 'a bad key', bytes: handshake('/ocpp/CP1', { 'Sec-WebSocket-Key': 'x' }), status: 400 },
  { what: 'version 7', bytes: handshake('/ocpp/CP1', { 'Sec-WebSocket-Version': '7' }), status: 426 },
  { what: 'POST', bytes: handshake('/ocpp/CP1', {}, 'POST'), status: 400 },
  { what: 'no subprotocol', bytes: handshake('/ocpp/CP1', { 'Sec-WebSocket-Protocol': undefined }), status: 400 },
  { what: 'an unknown subprotocol', bytes: handshake('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp9' }), status: 400 },
  { what: 'an empty subprotocol', bytes: handshake('/ocpp/CP1', { 'Sec-WebSocket-Protocol': '' }), status: 400 },
  {
    what: 'a doubled subprotocol',
    bytes: handshake('/ocpp/CPx', { 'Sec-WebSocket-Protocol': 'ocpp1.6, ocpp1.6,' }),
    status: 101,
  },
  {
    what: 'a quoted subprotocol',
    bytes: handshake('/ocpp/CPx', { 'Sec-WebSocket-Protocol': '"ocpp1.6"' }),
    status: 101,
  },
  {
    what: 'two subprotocol lines',
    bytes: handshake('/ocpp/CPx', { 'Sec-WebSocket-Protocol': 'ocpp0.1\r\nSec-WebSocket-Protocol: ocpp1.6' }),
    status: 101,
  },
  {
    what: 'a bad extension, compression off',
    bytes: handshake('/ocpp/CPx', { 'Sec-WebSocket-Extensions': 'permessage-deflate; x=;' }),
    status: 101,
  },
  { what: 'another path', bytes: handshake('/other/CP1'), status: 404 },
  { what: 'a path climbing up', bytes: handshake('/ocpp/../etc/passwd'), status: 404 },
  { what: 'no identity', bytes: handshake('/ocpp/'), status: 400 },
  { what: 'a bad escape', bytes: handshake('/ocpp/%E0%A4%A'), status: 400 },
  { what: 'an identity with a slash', bytes: handshake('/ocpp/a%2fb'), status: 400 },
  { what: 'an identity too long', bytes: handshake(`/ocpp/${'x'.repeat(300)}`), status: 400 },
  {
    what: 'an identity too long for 2.x',
    bytes: handshake(`/ocpp/${'x'.repeat(49)}`, { 'Sec-WebSocket-Protocol': 'ocpp2.1' }),
    status: 400,
  },
];
