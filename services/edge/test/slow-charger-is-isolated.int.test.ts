/**
 * A charger that does not read, never answers or floods costs the others nothing they would notice, and the edge a bounded amount of
 * memory. Figures are ratios within one run.
 */
import { systemClock } from '@voltlane/time';
import type { UplinkCall } from '@voltlane/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { friendly } from './fake-worker.ts';
import type { Rig, TestCharger } from './rig.ts';
import { startRig, waitUntil } from './rig.ts';

let rig: Rig;

afterEach(async () => {
  await rig.stop();
});

const ROUNDS = 200;
/** Generous: the chargers, the worker and the edge share this process. */
const RATIO_MAX = 10;
const FLOOR_MS = 100;

/** 95th percentile of the round trips of a charger that asks one thing after the other. */
const roundTripMs = async (charger: TestCharger, name: string): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = systemClock.monotonicMs();
    await charger.ask(`[2,"${name}${round}","Heartbeat",{}]`);
    times.push(systemClock.monotonicMs() - startMs);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS * 0.95)] ?? Number.POSITIVE_INFINITY;
};

const expectIsolated = (calmMs: number, busyMs: number): void => {
  expect(busyMs, `calm ${calmMs} ms, disturbed ${busyMs} ms`).toBeLessThan(Math.max(FLOOR_MS, calmMs * RATIO_MAX));
};

describe('a slow charger', () => {
  it('that does not read is cut at its bound, and the others do not notice', async () => {
    const bytesMax = 65_536;
    rig = await startRig({ config: { outboundBytesMax: bytesMax } });
    const { worker, metrics } = rig;
    const big = JSON.stringify({ status: 'Accepted', data: 'x'.repeat(200_000) });
    worker.script = (call) => (call.action === 'DataTransfer' ? { kind: 'result', payload: big } : friendly(call));
    const good = await rig.connect('/ocpp/Good');
    const calmMs = await roundTripMs(good, 'calm');
    const slow = await rig.connect('/ocpp/Slow');
    slow.socket.pause();
    // What the kernel buffers for a socket on loopback is a few megabytes; asked for one by one as the answers go out.
    for (let id = 0; id < 200; id += 1) slow.send(`[2,"${id}","DataTransfer",{"vendorId":"V"}]`);
    const busyMs = await roundTripMs(good, 'busy');
    await waitUntil(() => metrics.get('cut:slowReader') === 1, 'the slow reader was cut', 10_000);
    expectIsolated(calmMs, busyMs);
    expect(good.closed).toBeUndefined();
    await waitUntil(() => rig.edge.sessions() === 1, 'its session ended');
  });

  it('that never answers our calls holds up neither its own calls nor the others', async () => {
    rig = await startRig();
    const { worker } = rig;
    const good = await rig.connect('/ocpp/Good');
    const mute = await rig.connect('/ocpp/Mute');
    await waitUntil(() => worker.uplinks.length === 2, 'both sessions are known');
    const calmMs = await roundTripMs(good, 'calm');
    for (let n = 0; n < 500; n += 1)
      worker.command(worker.session('Mute'), `m${n}`, 'Reset', '{"type":"Soft"}', 60_000);
    const busyMs = await roundTripMs(good, 'busy');
    expectIsolated(calmMs, busyMs);
    expect(await mute.next()).toBe('[2,"m0","Reset",{"type":"Soft"}]');
    expect(await mute.ask('[2,"own","Heartbeat",{}]')).toContain('[3,"own",');
    // One is held, the others were refused at once: nothing piles up.
    expect(worker.uplinks.filter((up) => up.kind === 'answer')).toHaveLength(499);
  });

  it('that floods is not read further at its bound, and the others do not notice', async () => {
    const callsMax = 16;
    rig = await startRig({ config: { inboundQueueCallsMax: callsMax, callResendMs: 60_000, callDeadlineMs: 60_000 } });
    const { worker, metrics, edge } = rig;
    const held: UplinkCall[] = [];
    worker.script = (call) => {
      if (call.chargerId !== 'Flood') return friendly(call);
      held.push(call);
      return undefined;
    };
    const good = await rig.connect('/ocpp/Good');
    const calmMs = await roundTripMs(good, 'calm');
    const flood = await rig.connect('/ocpp/Flood');
    const before = metrics.get('received:call');
    const filler = 'x'.repeat(8_000);
    const sent = 5_000;
    for (let id = 0; id < sent; id += 1) flood.send(`[2,"${id}","DataTransfer",{"vendorId":"V","data":"${filler}"}]`);
    const busyMs = await roundTripMs(good, 'busy');
    expectIsolated(calmMs, busyMs);
    expect(held).toHaveLength(1);
    expect(metrics.get('paused')).toBe(1);
    // The rest of the chunk that was read when the bound was reached is taken, no more.
    expect(metrics.get('received:call') - before - ROUNDS).toBeLessThan(callsMax + 16);
    expect(flood.socket.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(edge.pending()).toBe(1);
    expect(good.closed).toBeUndefined();
  });
});
