/** Holds the table of bad input against a real edge on real sockets. */

import { SUBPROTOCOLS } from '@voltlane/ocpp';
import { BYTES_CASES, FRAME_CASES, HANDSHAKE_CASES, handshake, rawPeer, wsFrame } from '@voltlane/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rig, TestCharger } from './rig.ts';
import { startRig } from './rig.ts';

let rig: Rig;
let good: TestCharger;
let beats = 0;
let identities = 0;

beforeAll(async () => {
  rig = await startRig();
  good = await rig.connect('/ocpp/Good');
});

afterAll(async () => {
  await rig.stop();
});

const beat = async (charger: TestCharger): Promise<void> => {
  beats += 1;
  const id = `beat-${beats}`;
  expect(await charger.ask(`[2,"${id}","Heartbeat",{}]`)).toBe(
    `[3,"${id}",{"currentTime":"2026-01-01T00:00:00.000Z"}]`,
  );
};

const nobodyNoticed = async (): Promise<void> => {
  await beat(good);
  expect(good.frames).toEqual([]);
};

describe('a frame', () => {
  it.each(FRAME_CASES.map((row) => [`${row.what} (${row.version})`, row] as const))('%s', async (_name, row) => {
    identities += 1;
    const charger = await rig.connect(`/ocpp/Bad${identities}`, SUBPROTOCOLS[row.version]);
    await beat(charger);
    charger.socket.send(row.send, { binary: row.binary === true });
    if (row.closes !== undefined) {
      expect((await charger.waitClosed()).code).toBe(row.closes);
      expect(charger.frames).toEqual([]);
    } else {
      if (row.answer !== undefined) {
        const [type, id, code] = row.answer;
        const answer: unknown = JSON.parse(await charger.next());
        expect(answer).toEqual(
          type === 3
            ? [3, id, expect.anything()]
            : [type, id, code ?? expect.any(String), expect.any(String), expect.any(Object)],
        );
      }
      // Also shows that nothing else came.
      await beat(charger);
    }
    await nobodyNoticed();
  });
});

describe('bytes on a socket', () => {
  it.each(BYTES_CASES.map((row) => [row.what, row] as const))('%s', async (_name, row) => {
    const peer = await rawPeer(rig.edge.address.port);
    identities += 1;
    peer.write(handshake(`/ocpp/Bad${identities}`));
    expect(await peer.status()).toBe(101);
    const before = peer.received().length;
    peer.write(row.bytes);
    await peer.until(() => peer.received().length >= before + 4 || peer.ended(), 'a close frame');
    const close = Buffer.from(peer.received().slice(peer.received().indexOf('\r\n\r\n') + 4), 'latin1');
    expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, row.code]);
    peer.socket.destroy();
    await nobodyNoticed();
  });
});

describe('a handshake', () => {
  it.each(HANDSHAKE_CASES.map((row) => [row.what, row] as const))('%s', async (_name, row) => {
    const peer = await rawPeer(rig.edge.address.port);
    peer.write(Buffer.from(row.bytes, 'latin1'));
    expect(await peer.status()).toBe(row.status);
    if (row.status === 101) {
      peer.write(wsFrame('[2,"1","Heartbeat",{}]'));
      await peer.until(() => peer.received().includes('[3,"1",'), 'the answer to a heartbeat');
      peer.socket.destroy();
    } else await peer.until(() => peer.ended(), 'the end of the connection');
    await nobodyNoticed();
  });
});

describe('the table', () => {
  it('has at least 60 rows', () => {
    expect(FRAME_CASES.length + BYTES_CASES.length + HANDSHAKE_CASES.length).toBeGreaterThanOrEqual(60);
  });
});
