/**
 * nats-server stands still (SIGSTOP), dies and comes back (SIGKILL, restart), and stays away for longer than the grace time. New
 * sockets get 503, open ones are kept, held calls are delivered once, and everything heals by itself.
 */
import { checkHistory, handshake, rawPeer, waitUntil } from '@voltlane/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerSet } from './broker-set.ts';
import { startBrokerSet } from './broker-set.ts';
import type { Fleet } from './fleet.ts';
import { startFleet } from './fleet.ts';

let broker: BrokerSet;
let fleet: Fleet;

afterEach(async () => {
  fleet.stop();
  await broker.stop();
});

/** Answer to a handshake of a charger nobody knows. */
const knock = async (id: string): Promise<{ readonly status: number; readonly text: string }> => {
  const peer = await rawPeer(Number(new URL(broker.ocppUrl).port));
  peer.write(handshake(`/ocpp/${id}`));
  const status = await peer.status();
  peer.socket.destroy();
  return { status, text: peer.received() };
};

const away = (): Promise<boolean> =>
  waitUntil('the edge notices', async () => (await broker.readiness('edge')) === 503, { timeoutMs: 20_000 });
const back = (): Promise<boolean> =>
  waitUntil('the edge is ready again', async () => (await broker.readiness('edge')) === 200, { timeoutMs: 20_000 });

/** What holds while NATS is away and the grace time has not passed. */
const expectHeld = async (): Promise<void> => {
  const { status, text } = await knock('Stranger');
  expect(status).toBe(503);
  expect(text).toMatch(/\r\nRetry-After: \d+\r\n/);
  // Refused for this reason, that is before anything was asked of NATS.
  expect(text).toContain('busAway');
  expect(fleet.online()).toBe(true);
};

describe('an outage of NATS', () => {
  it('holds what chargers send, keeps them for the grace time, and heals by itself', async () => {
    const graceMs = 6_000;
    broker = await startBrokerSet({ VOLTLANE_BUS_LOST_GRACE_MS: String(graceMs) });
    fleet = await startFleet(broker.ocppUrls, 3);
    await fleet.moreAnswered(2, 'at the beginning');

    broker.nats.freeze();
    await away();
    await expectHeld();
    broker.nats.resume();
    await back();
    await fleet.moreAnswered(2, 'after the server stood still');

    await broker.nats.kill();
    await away();
    await expectHeld();
    await broker.nats.restart();
    await back();
    await fleet.moreAnswered(2, 'after the server was started again');

    // Nobody lost the socket, was refused or had to wait for longer than a charger does.
    const ends = { gone: 'disconnected', refused: 'refused', timedOut: 'timed-out' } as const;
    for (const kind of Object.values(ends)) expect(fleet.count(kind), kind).toBe(0);
    const records = await fleet.finish();
    for (const record of records) expect(record).toMatchObject({ outcome: 'completed', problem: '' });
    const history = await broker.history();
    expect(checkHistory(history, records)).toEqual([]);
    const messageIds = history.flatMap(({ record: { charger, source } }) =>
      source === undefined ? [] : [`${charger} ${source.messageId}`],
    );
    expect(new Set(messageIds).size).toBe(messageIds.length);

    await broker.nats.kill();
    const killedAtMs = performance.now();
    await waitUntil('the grace time closes all sockets', () => fleet.count('disconnected') >= 3);
    // The edge notices a little after the kill and looks four times a second.
    expect(performance.now() - killedAtMs).toBeGreaterThan(graceMs - 500);
    const closes = fleet.drivers.map(({ log }) => log().find((event) => event.kind === 'disconnected'));
    expect(closes).toEqual(fleet.drivers.map(() => expect.objectContaining({ code: 1001, reason: 'bus away' })));
    await broker.nats.restart();
    await back();
    expect((await knock('Newcomer')).status).toBe(101);
  });
});
