/** A whole session over a real socket, in every version: order, numbers, schemas. */
import { OCPP_VERSIONS, type OcppVersion } from '@voltlane/ocpp';
import { createSeededRandom, systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import { type Charger, createCharger, createFasterClock, runChargingSession } from '../src/index.ts';
import { createTinyCsms, type TinyCsms } from './tiny-csms.ts';
import { startTinyServer, type TinyServer } from './tiny-server.ts';

const open: { server: TinyServer; charger: Charger }[] = [];

afterEach(async () => {
  for (const { server, charger } of open.splice(0)) {
    charger.stop();
    await server.close();
  }
});

async function start(version: OcppVersion): Promise<{ csms: TinyCsms; charger: Charger; server: TinyServer }> {
  const csms = createTinyCsms(version);
  const server = await startTinyServer(csms);
  const charger = createCharger({
    id: 'CP 1',
    version,
    url: server.url,
    clock: systemClock,
    random: createSeededRandom(1),
    sessionClock: createFasterClock(systemClock, 100),
    strictSending: true,
    password: 'secret-secret-16',
  });
  open.push({ server, charger });
  await charger.start();
  return { csms, charger, server };
}

describe.each(OCPP_VERSIONS)('a session in OCPP %s', (version) => {
  it('boots, charges and stops with messages that all fit their schemas', async () => {
    const { csms, charger, server } = await start(version);
    const record = await runChargingSession(charger, {
      idToken: 'TAG1',
      durationMs: 25_000,
      sampleIntervalMs: 5000,
      eventStream: true,
      battery: { capacityWh: 60_000, socPercent: 40 },
    });
    expect(record).toMatchObject({ outcome: 'completed', problem: '', stopReason: 'Local' });
    expect(record.stopWh ?? 0).toBeGreaterThan(record.startWh ?? 0);
    expect(csms.violations).toEqual([]);
    expect(server.requests[0]?.url).toBe('/ocpp/CP%201');
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('CP 1:secret-secret-16').toString('base64')}`,
    );
    await csms.until('the connector is free again', () => charger.connectorStatus(1) === 'Available');
  });
});

describe('the order of messages', () => {
  it('is Authorize, Preparing, Start, Charging, MeterValues, Stop, Finishing, Available in 1.6', async () => {
    const { csms, charger } = await start('1.6');
    await runChargingSession(charger, { idToken: 'TAG1', durationMs: 12_000, sampleIntervalMs: 5000 });
    await csms.until('Available', () => csms.heard.at(-1)?.payload['status'] === 'Available');
    const story = csms.heard.map(({ action, payload }) =>
      action === 'StatusNotification' ? payload['status'] : action,
    );
    expect(story.slice(0, 3)).toEqual(['BootNotification', 'Available', 'Available']);
    expect(story.slice(3)).toEqual([
      'Authorize',
      'Preparing',
      'StartTransaction',
      'Charging',
      'MeterValues',
      'MeterValues',
      'StopTransaction',
      'Finishing',
      'Available',
    ]);
  });
});
