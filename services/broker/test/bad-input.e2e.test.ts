/** The table of bad input against a whole broker as a process: right answers, no other charger notices, the process lives. */

import type { OcppVersion } from '@voltlane/ocpp';
import { SUBPROTOCOLS } from '@voltlane/ocpp';
import { BYTES_CASES, FRAME_CASES, handshake, rawPeer } from '@voltlane/testkit';
import { systemClock, withTimeout } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BrokerProcess } from './broker-process.ts';
import { startBrokerProcess } from './broker-process.ts';

let broker: BrokerProcess;
let port: number;
let good: Peer;
let identities = 0;
let ids = 0;

/** A charger that speaks plain frames. */
interface Peer {
  readonly socket: WebSocket;
  next(): Promise<string>;
  readonly closed: Promise<number>;
}

beforeAll(async () => {
  broker = await startBrokerProcess();
  port = broker.ocppPort;
  good = await bootedPeer('1.6');
});

afterAll(async () => {
  good.socket.close();
  await broker.process.stop();
});

async function bootedPeer(version: OcppVersion): Promise<Peer> {
  identities += 1;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/BAD-${identities}`, SUBPROTOCOLS[version]);
  const frames: string[] = [];
  let waiting: ((text: string) => void) | undefined;
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    if (waiting === undefined) frames.push(text);
    else waiting(text);
    waiting = undefined;
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await withTimeout(systemClock, new Promise((resolve) => socket.once('open', resolve)), 5000, 'the upgrade');
  const next = (): Promise<string> => {
    const frame = frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    const arrival = new Promise<string>((resolve) => {
      waiting = resolve;
    });
    return withTimeout(systemClock, arrival, 5000, 'a frame');
  };
  const boot =
    version === '1.6'
      ? '{"chargePointVendor":"V","chargePointModel":"M"}'
      : '{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}';
  socket.send(`[2,"boot","BootNotification",${boot}]`);
  expect(await next()).toContain('"Accepted"');
  return { socket, next, closed };
}

async function beat(peer: Peer): Promise<void> {
  ids += 1;
  peer.socket.send(`[2,"beat${ids}","Heartbeat",{}]`);
  expect(await peer.next()).toMatch(new RegExp(`^\\[3,"beat${ids}",`));
}

describe('bad frames against a whole broker', () => {
  it.each(FRAME_CASES.map((row) => [`${row.what} (${row.version})`, row] as const))('%s', async (_name, row) => {
    const peer = await bootedPeer(row.version);
    peer.socket.send(row.send, { binary: row.binary === true });
    if (row.closes !== undefined) expect(await peer.closed).toBe(row.closes);
    else {
      if (row.answer !== undefined) {
        const [type, id, code] = row.answer;
        const answer: unknown = JSON.parse(await peer.next());
        const error = [type, id, code ?? expect.any(String), expect.any(String), expect.any(Object)];
        expect(answer).toEqual(type === 3 ? [3, id, expect.anything()] : error);
      }
      await beat(peer);
      peer.socket.close();
    }
    await beat(good);
  });
});

describe('bad bytes against a whole broker', () => {
  it.each(BYTES_CASES.map((row) => [row.what, row] as const))('%s', async (_name, row) => {
    const peer = await rawPeer(port);
    identities += 1;
    peer.write(handshake(`/ocpp/BAD-${identities}`));
    expect(await peer.status()).toBe(101);
    peer.write(row.bytes);
    await peer.until(() => peer.ended(), 'the end of the connection', 10_000);
    await beat(good);
  });
});

describe('after all of it', () => {
  it('the process has not restarted and says nothing alarming', () => {
    expect(broker.process.output()).not.toMatch(/"level":"(error|fatal)"/);
  });
});
