/** What must never hurt the api: every refusal is a problem from the closed list, and the next request is served as if nothing was. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEM_TYPE, PROBLEMS } from '../src/problem.ts';
import { type ApiRig, type Ask, startRig } from './rig.ts';

let rig: ApiRig;

beforeAll(async () => {
  rig = await startRig({ VOLTLANE_API_BODY_BYTES_MAX: '2048' });
});

afterAll(() => rig.stop());

const PUT = { method: 'PUT', body: {} };
const JSON_TYPE = { 'content-type': 'application/json' };

interface HostileCase {
  readonly name: string;
  readonly path: string;
  readonly ask?: Ask;
  readonly code: keyof typeof PROBLEMS;
  /** The wrong part, where it can be named. */
  readonly at?: string;
}

const CASES: readonly HostileCase[] = [
  { name: 'no such path', path: '/v1/nothing', code: 'not-found' },
  { name: 'no such path outside', path: '/nothing', ask: { token: null }, code: 'not-found' },
  { name: 'no such path, no key', path: '/v1/nothing', ask: { token: null }, code: 'unauthenticated' },
  { name: 'the root of the version, no key', path: '/v1', ask: { token: null }, code: 'unauthenticated' },
  { name: 'a wrong method', path: '/v1/tokens', ask: { method: 'PATCH' }, code: 'method-not-allowed' },
  {
    name: 'a wrong method, no key',
    path: '/v1/tokens',
    ask: { method: 'PATCH', token: null },
    code: 'unauthenticated',
  },
  { name: 'OPTIONS', path: '/v1/tokens', ask: { method: 'OPTIONS' }, code: 'method-not-allowed' },
  { name: 'an escape cut short', path: '/v1/tokens/%E0%A4', code: 'malformed-path' },
  { name: 'an escape that is none', path: '/v1/tokens/%zz', code: 'malformed-path' },
  { name: 'bytes that are no UTF-8', path: '/v1/chargers/%FF', code: 'malformed-path' },
  { name: 'a slash in an id', path: '/v1/chargers/a%2Fb', code: 'invalid-request', at: '/path/chargerId' },
  { name: 'a zero byte in an id', path: '/v1/chargers/a%00b', code: 'invalid-request', at: '/path/chargerId' },
  {
    name: 'an id of 256 bytes',
    path: `/v1/chargers/${'x'.repeat(256)}`,
    code: 'invalid-request',
    at: '/path/chargerId',
  },
  { name: 'an id of 5,000 characters', path: `/v1/chargers/${'x'.repeat(5_000)}`, code: 'path-too-long' },
  { name: 'an unknown query', path: '/v1/tokens?colour=red', code: 'invalid-request', at: '/query/colour' },
  {
    name: 'an unknown query where none is known',
    path: '/v1/api-keys?colour=red',
    code: 'invalid-request',
    at: '/query/colour',
  },
  { name: 'a query twice', path: '/v1/tokens?limit=1&limit=2', code: 'invalid-request', at: '/query/limit' },
  { name: 'a number that is none', path: '/v1/tokens?limit=ten', code: 'invalid-request', at: '/query/limit' },
  { name: 'a page without end', path: '/v1/tokens?limit=1000000', code: 'invalid-request', at: '/query/limit' },
  { name: 'a tenant that is none', path: '/v1/tokens?tenant=a.b', code: 'invalid-request', at: '/query/tenant' },
  { name: '__proto__ as a query', path: '/v1/tokens?__proto__=1', code: 'invalid-request' },
  {
    name: 'no content type',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: '{}', headers: { 'content-type': '' } },
    code: 'unsupported-media-type',
  },
  {
    name: 'a form',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    code: 'unsupported-media-type',
  },
  {
    name: 'lines where JSON is wanted',
    path: '/v1/chargers/A',
    ask: { ...PUT, headers: { 'content-type': 'application/x-ndjson' } },
    code: 'unsupported-media-type',
  },
  {
    name: 'JSON where lines are wanted',
    path: '/v1/tokens/import',
    ask: { method: 'POST', body: {} },
    code: 'unsupported-media-type',
  },
  {
    name: 'no JSON',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: '{"a":', headers: JSON_TYPE },
    code: 'malformed-json',
  },
  {
    name: 'deep nesting',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: `{"labels":${'['.repeat(900)}${']'.repeat(900)}}` },
    code: 'malformed-json',
  },
  {
    name: 'nothing',
    path: '/v1/chargers/A',
    ask: { method: 'PUT', headers: JSON_TYPE },
    code: 'invalid-request',
    at: '/body',
  },
  { name: 'null', path: '/v1/chargers/A', ask: { ...PUT, body: 'null' }, code: 'invalid-request', at: '/body' },
  { name: 'a list', path: '/v1/chargers/A', ask: { ...PUT, body: [] }, code: 'invalid-request', at: '/body' },
  {
    name: 'a misspelt field',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: { strictnes: 'strict' } },
    code: 'invalid-request',
    at: '/body/strictnes',
  },
  {
    name: 'text for a number',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: { heartbeatIntervalS: '60' } },
    code: 'invalid-request',
    at: '/body/heartbeatIntervalS',
  },
  {
    name: 'a wrong word',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: { registration: 'accepted' } },
    code: 'invalid-request',
    at: '/body/registration',
  },
  {
    name: 'a member of a list',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: { allowedVersions: ['1.6', '1.5'] } },
    code: 'invalid-request',
    at: '/body/allowedVersions/1',
  },
  {
    name: 'a field with a slash',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: { 'a/b~c': 1 } },
    code: 'invalid-request',
    at: '/body/a~1b~0c',
  },
  {
    name: '__proto__ as a field',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: '{"__proto__":{"role":"admin"}}' },
    code: 'invalid-request',
  },
  {
    name: 'a time that is none',
    path: '/v1/tokens/A',
    ask: { ...PUT, body: { expiryDate: 'tomorrow' } },
    code: 'invalid-record',
  },
  { name: 'a token of blanks', path: '/v1/tokens/%20', ask: PUT, code: 'invalid-record' },
  {
    name: 'half a surrogate pair',
    path: '/v1/tokens/A',
    ask: { ...PUT, body: '{"parentIdToken":"\\ud800"}' },
    code: 'invalid-record',
  },
  {
    name: 'a body over the limit',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: { password: 'x'.repeat(4_000) } },
    code: 'too-large',
  },
  {
    name: 'a body over the limit that does not say so',
    path: '/v1/chargers/A',
    ask: { ...PUT, body: endless() },
    code: 'too-large',
  },
  {
    name: 'a key over its role',
    path: '/v1/api-keys',
    ask: { method: 'POST', body: { name: 'x', role: 'root' } },
    code: 'invalid-request',
    at: '/body/role',
  },
  {
    name: 'a key that is over already',
    path: '/v1/api-keys',
    ask: { method: 'POST', body: { name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' } },
    code: 'invalid-request',
    at: '/body/expiresAt',
  },
];

/** Sends until it is stopped. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_024).fill(0x20)) });
}

describe('a hostile request', () => {
  it.each(CASES)('gets its problem: $name', async ({ path, ask, code, at }) => {
    const { status, headers, body } = await rig.ask(path, ask);
    expect(body).toMatchObject({ code, ...(at === undefined ? {} : { path: at }) });
    expect(status).toBe(PROBLEMS[code].status);
    expect(headers.get('content-type')).toContain(PROBLEM_TYPE);
    expect(body).toMatchObject({ instance: `urn:voltlane:request:${headers.get('x-request-id')}`, status });
    expect((await rig.ask('/v1/tokens')).status).toBe(200);
  });

  it('is told which methods there are', async () => {
    expect((await rig.ask('/v1/tokens/A', { method: 'POST' })).headers.get('allow')).toBe('DELETE, GET, HEAD, PUT');
  });

  it('is refused to HEAD as to GET', async () => {
    const head = async (path: string, token?: null): Promise<number> =>
      (await rig.ask(path, { method: 'HEAD', ...(token === undefined ? {} : { token }) })).status;
    expect([await head('/v1/tokens'), await head('/v1/tokens?colour=red'), await head('/v1/tokens', null)]).toEqual([
      200, 400, 401,
    ]);
  });

  it('is not taken for a fault of ours', () => {
    expect(rig.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a raw connection', () => {
  /** Sends bytes and reads until the api closes the connection, or for as long as the text is still to come. */
  function send(text: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    // Cut while we still write: what was read counts.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.setTimeout(10_000, () => reject(new Error(`still open after: ${answer}`)));
    return promise;
  }

  const AUTH = 'Authorization: Bearer administrator-of-the-tests\r\n';
  it.each([
    [
      'headers without end',
      `GET /v1/tokens HTTP/1.1\r\nHost: x\r\n${`X-A: ${'a'.repeat(1_000)}\r\n`.repeat(40)}\r\n`,
      '431',
    ],
    ['no HTTP', 'HELO there\r\n\r\n', '400'],
    ['a header with a line feed inside', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n', '400'],
    ['two lengths', 'POST /v1/api-keys HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}', '400'],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    [
      'a body before the key is known',
      `PUT /v1/chargers/A HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100)}`,
      '401',
    ],
  ])('is answered and closed: %s', async (_, text, status) => {
    expect((await send(text)).slice(0, 13)).toContain(status);
    expect((await rig.ask('/v1/tokens')).status).toBe(200);
  });

  it('that ends inside a body leaves nothing behind', async () => {
    const half = `PUT /v1/chargers/HALF HTTP/1.1\r\nHost: x\r\n${AUTH}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"lab`;
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(Number(new URL(rig.url).port), '127.0.0.1', () =>
      socket.write(half, () => socket.destroy()),
    );
    socket.on('close', () => resolve());
    await promise;
    expect((await rig.ask('/v1/chargers/HALF')).status).toBe(404);
    expect(rig.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
