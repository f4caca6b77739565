/** POST /v1/chargers/{chargerId}/trace over HTTP: who may, what is refused, and how the lines come. */
import { connect } from 'node:net';
import { waitUntil } from '@voltlane/testkit';
import { createSubjects, decodeTraceAsk, edgeId, encodeTraceReport, sessionId } from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, type ApiRig, startRig } from '../rig.ts';

const PATH = '/v1/chargers/CP1/trace';
const POST = { method: 'POST' };

let rig: ApiRig;

beforeEach(async () => {
  rig = await startRig();
  await rig.ask('/v1/chargers/CP1', { method: 'PUT', body: {} });
});

afterEach(() => rig.stop());

async function keyOf(role: string): Promise<string> {
  const { body } = await rig.ask('/v1/api-keys', { method: 'POST', body: { name: role, role } });
  if (typeof body !== 'object' || body === null || !('token' in body)) throw new Error('no key');
  return String(body.token);
}

const linesOf = (text: unknown): readonly Readonly<Record<string, unknown>>[] =>
  String(text)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the trace of a charger over HTTP', () => {
  it('is refused to who may only look, and to nobody who may command', async () => {
    const refused = await rig.ask(PATH, { ...POST, token: await keyOf('viewer') });
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'forbidden' }]);
    const taken = await rig.ask(`${PATH}?seconds=1`, { ...POST, token: await keyOf('operator') });
    expect([taken.status, taken.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
  });

  it.each([
    ['of a charger nobody knows', '/v1/chargers/CP2/trace', 404, 'charger-not-found'],
    ['of an impossible one', '/v1/chargers/a%2Fb/trace', 400, 'invalid-request'],
    ['for no time', `${PATH}?seconds=0`, 400, 'invalid-request'],
    ['for longer than ten minutes', `${PATH}?seconds=601`, 400, 'invalid-request'],
    ['of no frames', `${PATH}?framesMax=0`, 400, 'invalid-request'],
    ['of more frames than may be', `${PATH}?framesMax=100001`, 400, 'invalid-request'],
  ])('is refused %s', async (_what, path, status, code) => {
    const answer = await rig.ask(path, POST);
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
  });

  it('is no GET', async () => {
    expect((await rig.ask(PATH)).headers.get('allow')).toBe('POST');
  });

  it('comes line by line, and is written down with the key', async () => {
    const subjects = createSubjects();
    rig.bus.subscribe(subjects.traceAsks(), ({ data }) => {
      const ask = decodeTraceAsk(data);
      const event = { kind: 'opened', version: '1.6', openedAgoMs: 0 } as const;
      const said = { kind: 'event', sessionId: sessionId('s1'), event } as const;
      const report = { edgeId: edgeId('e1'), n: 1, atMs: 1_767_225_600_000, said } as const;
      rig.bus.publish(subjects.traceReports(ask.traceId), encodeTraceReport(report));
    });
    const { body } = await rig.ask(`${PATH}?seconds=1`, POST);
    expect(linesOf(body)).toMatchObject([
      { kind: 'began', tenant: 'default', charger: 'CP1' },
      { kind: 'opened', edge: 'e1', session: 's1' },
      { kind: 'ended', why: 'time', frames: 0 },
    ]);
    expect(rig.lines.filter(({ event }) => event.startsWith('trace '))).toMatchObject([
      { event: 'trace began', keyId: 'configured', chargerId: 'CP1' },
      { event: 'trace ended', keyId: 'configured', chargerId: 'CP1', why: 'time' },
    ]);
  });

  it('ends when its client goes, and when the api stops', async () => {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const gone = await fetch(`${rig.url}${PATH}`, { ...POST, headers, signal: leaving.signal });
    const staying = await fetch(`${rig.url}${PATH}`, { ...POST, headers });
    expect([gone.status, staying.status]).toEqual([200, 200]);
    leaving.abort();
    await rig.api.stop();
    expect(linesOf(await staying.text()).at(-1)).toMatchObject({ kind: 'ended', why: 'stopped' });
    const ends = rig.lines.filter(({ event }) => event === 'trace ended').map(({ why }) => why);
    expect(ends).toContain('stopped');
  });

  it('leaves out what a client does not read, says how much, and goes on when it reads', async () => {
    const frames = 2_000;
    const subjects = createSubjects();
    const text = 'x'.repeat(20_000);
    const told = (n: number): Uint8Array => {
      const facts = { bytes: text.length, cut: false, masked: false, invalid: undefined };
      const event = { kind: 'frame', direction: 'in', type: 'other', text, ...facts } as const;
      return encodeTraceReport({
        edgeId: edgeId('e1'),
        n,
        atMs: 0,
        said: { kind: 'event', sessionId: sessionId('s1'), event },
      });
    };
    const asked = Promise.withResolvers<string>();
    rig.bus.subscribe(subjects.traceAsks(), ({ data }) =>
      asked.resolve(subjects.traceReports(decodeTraceAsk(data).traceId)),
    );
    const { port } = new URL(rig.url);
    const socket = connect(Number(port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    socket.write(`POST ${PATH}?seconds=60 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n`);
    socket.write('Content-Length: 0\r\n\r\n');
    const subject = await asked.promise;
    await waitUntil('the first line', () => received.includes('"kind":"began"'));
    socket.pause();
    for (let n = 1; n <= frames; n += 1) rig.bus.publish(subject, told(n));
    await waitUntil('something left out', async () =>
      /voltlane_api_trace_left_out_total\{reason="slowReader",service="api"\} [1-9]/.test(await rig.metrics.expose()),
    );
    socket.resume();
    const count = Number(await waitUntil('its line', () => /"kind":"leftOut"[^}]*"count":(\d+)/.exec(received)?.[1]));
    rig.bus.publish(subject, told(frames + 1));
    const seen = (): number => received.split('"kind":"frame"').length - 1;
    await waitUntil('the frame behind it', () => seen() + count === frames + 1);
    expect(count).toBeGreaterThan(0);
    expect(received).not.toContain('"why":"lost"');
    socket.destroy();
  });
});
