import { afterEach, describe, expect, it } from 'vitest';
import type { Rig, RigOptions } from './rig.ts';
import { startRig } from './rig.ts';

let rig: Rig | undefined;

const start = async (options?: RigOptions): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

describe('a call of a charger', () => {
  it('travels to the worker and its answer back to the socket', async () => {
    const { connect, worker } = await start();
    const charger = await connect('/ocpp/CP1');
    expect(await charger.ask('[2,"1","Heartbeat",{}]')).toBe('[3,"1",{"currentTime":"2026-01-01T00:00:00.000Z"}]');
    expect(worker.uplinks.map((up) => [up.kind, up.seq])).toEqual([
      ['sessionOpened', 0],
      ['call', 1],
    ]);
    expect(worker.calls('CP1')[0]).toMatchObject({
      tenant: 'default',
      chargerId: 'CP1',
      version: '1.6',
      payload: '{}',
    });
  });
});
