/** The frames of one charger, followed over HTTP while its messages cross real processes: two edges, a worker, an api and NATS. */
import { waitUntil } from '@voltlane/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerSet, startBrokerSet } from './broker-set.ts';
import { httpBackend } from './command-backend.ts';
import { bootedPeer, type FramePeer, openPeer } from './frame-peer.ts';
import { followFrames, type TraceFollower, type TraceLine } from './trace-follower.ts';

const BOOT = '{"chargePointVendor":"V","chargePointModel":"M"}';

let broker: BrokerSet;

beforeAll(async () => {
  broker = await startBrokerSet({}, { edge: 2, api: 1 });
});

afterAll(() => broker.stop());

const follow = (path: string, token = broker.apiToken): Promise<TraceFollower> =>
  followFrames(broker.apiUrls[0] ?? '', token, path);

/** A charger that is known and not connected. */
async function known(id: string): Promise<void> {
  const peer = await bootedPeer(broker.ocppUrl, id);
  peer.socket.terminate();
  const headers = { authorization: `Bearer ${broker.apiToken}` };
  await waitUntil(`${id} is away`, async () => {
    const text = await (await fetch(`${broker.apiUrls[0]}/v1/chargers/${id}`, { headers })).text();
    return text.includes('"connected":false');
  });
}

const isOpened = ({ kind }: TraceLine): boolean => kind === 'opened';

/** Answers every command with this. */
function answers(peer: FramePeer, payload: string): void {
  peer.socket.on('message', (data: Buffer) => {
    const id = /^\[2,"([^"]+)"/.exec(data.toString('utf8'))?.[1];
    if (id !== undefined) peer.send(`[3,"${id}",${payload}]`);
  });
}

const command = (charger: string, action: string, payload: object): Promise<unknown> =>
  httpBackend(broker.apiUrls[0] ?? '', broker.apiToken).send(charger, action, payload);

describe('the trace of a charger', () => {
  it('shows a boot and a command in both directions and in order, to two at once, without the password', async () => {
    await known('TRACE-1');
    const [one, other] = [
      await follow('TRACE-1/trace?seconds=20&framesMax=4'),
      await follow('trace-1/trace?seconds=8'),
    ];
    const peer = await openPeer(broker.ocppUrl, 'TRACE-1');
    answers(peer, '{"status":"Accepted"}');
    for (const viewer of [one, other]) await viewer.line('the session', isOpened);
    await peer.ask('b1', 'BootNotification', BOOT);
    expect(
      await command('TRACE-1', 'ChangeConfiguration', { key: 'AuthorizationKey', value: 'correct-horse-battery' }),
    ).toMatchObject({ status: 200, body: { outcome: 'accepted' } });
    for (const viewer of [one, other]) {
      await waitUntil('the command and its answer', () => viewer.frames().length === 4);
      const [boot, accepted, change, done] = viewer.frames();
      expect(boot).toBe(`in [2,"b1","BootNotification",${BOOT}]`);
      expect(accepted).toMatch(/^out \[3,"b1",\{.*"status":"Accepted".*\}\]$/);
      expect(change).toMatch(/^out \[2,"[^"]+","ChangeConfiguration",\{"key":"AuthorizationKey","value":"\*\*\*"\}\]$/);
      expect(done).toMatch(/^in \[3,"[^"]+",\{"status":"Accepted"\}\]$/);
      expect(JSON.stringify(viewer.lines)).not.toContain('correct-horse-battery');
      const opened = viewer.lines.find(isOpened);
      expect(viewer.lines.filter(({ kind }) => kind === 'frame').map(({ session }) => session)).toEqual(
        Array.from({ length: 4 }, () => opened?.['session']),
      );
    }
    await waitUntil('the end', () => one.ended() && other.ended());
    expect(one.lines.at(-1)).toMatchObject({ kind: 'ended', why: 'framesMax', frames: 4, leftOut: 0 });
    expect(other.lines.at(-1)).toMatchObject({ kind: 'ended', why: 'time', frames: 4, leftOut: 0 });
    peer.socket.terminate();
  });

  it('follows it to another edge, and goes on when its edge was killed', { timeout: 120_000 }, async () => {
    await known('TRACE-2');
    const viewer = await follow('TRACE-2/trace?seconds=120');
    const first = await bootedPeer(broker.ocppUrls[0] ?? '', 'TRACE-2');
    await viewer.line('the first session', isOpened);
    const second = await bootedPeer(broker.ocppUrls[1] ?? '', 'TRACE-2');
    const closed = await viewer.line('the end of the first session', ({ kind }) => kind === 'closed');
    const opened = viewer.lines.filter(isOpened);
    expect(opened).toHaveLength(2);
    expect(closed['session']).toBe(opened[0]?.['session']);
    expect(opened[1]?.['edge']).not.toBe(opened[0]?.['edge']);
    expect(first.socket.readyState).not.toBe(first.socket.OPEN);

    await broker.replace('edge', 1);
    expect(second.socket.readyState).not.toBe(second.socket.OPEN);
    const third = await openPeer(broker.ocppUrls[1] ?? '', 'TRACE-2');
    await viewer.line('the session on the edge that is new', ({ kind, edge }) => {
      return kind === 'opened' && !opened.some((before) => before['edge'] === edge);
    });
    await third.ask('h1', 'Heartbeat', '{}');
    await viewer.line('a frame on it', ({ text }) => text === '[2,"h1","Heartbeat",{}]');
    expect(viewer.lines.filter(({ kind }) => kind === 'leftOut')).toEqual([]);
    third.socket.terminate();
  });

  it('is not shown to who may only look, and there is none of a charger nobody knows', async () => {
    const headers = { authorization: `Bearer ${broker.apiToken}`, 'content-type': 'application/json' };
    const made = await fetch(`${broker.apiUrls[0]}/v1/api-keys`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'dashboard', role: 'viewer' }),
    });
    const { token } = JSON.parse(await made.text());
    await expect(follow('TRACE-1/trace', String(token))).rejects.toThrow('403');
    await expect(follow('TRACE-NOBODY/trace')).rejects.toThrow('charger-not-found');
  });
});
