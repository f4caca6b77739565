/** What commands do beyond their answer: sessions, availability, settings, reports, limits. */
import { describe, expect, it } from 'vitest';
import { bootedRig, type Rig } from './harness.ts';

const payloadOf = async (rig: Rig, action: string, request: object): Promise<Record<string, unknown>> => {
  const answer = rig.csms.command(action, request);
  await rig.pass(0);
  const frame = await answer;
  return frame.kind === 'result' ? { ...frame.payload } : { failed: frame };
};
const statuses = (rig: Rig): unknown[] =>
  rig.csms.heard
    .filter(({ action }) => action === 'StatusNotification')
    .map(({ payload }) => payload['status'] ?? payload['connectorStatus']);

describe('remote start and stop', () => {
  it('in 1.6 run a transaction that ends with reason Remote', async () => {
    const rig = await bootedRig('1.6');
    expect(await payloadOf(rig, 'RemoteStartTransaction', { idTag: 'REMOTE', connectorId: 1 })).toEqual({
      status: 'Accepted',
    });
    expect(await payloadOf(rig, 'RemoteStartTransaction', { idTag: 'OTHER' })).toEqual({ status: 'Rejected' });
    await rig.pass(60_000);
    expect(await payloadOf(rig, 'RemoteStopTransaction', { transactionId: 999 })).toEqual({ status: 'Rejected' });
    expect(await payloadOf(rig, 'RemoteStopTransaction', { transactionId: 101 })).toEqual({ status: 'Accepted' });
    await rig.pass(1000);
    expect(rig.csms.actions()).not.toContain('Authorize');
    const stop = rig.csms.heard.find(({ action }) => action === 'StopTransaction');
    expect(stop?.payload).toMatchObject({ transactionId: 101, reason: 'Remote', idTag: 'REMOTE' });
    expect(rig.charger.connectorStatus(1)).toBe('Available');
    rig.charger.stop();
  });

  it('stop a transaction whose id does not fit a double', async () => {
    const rig = await bootedRig('1.6');
    rig.csms.answers.set('StartTransaction', () => 'silence');
    void rig.charger.session({ idToken: 'TAG1', durationMs: 3_600_000, sampleIntervalMs: 60_000 });
    await rig.pass(1000);
    const start = rig.csms.heard.find(({ action }) => action === 'StartTransaction');
    const big = '9223372036854775807';
    rig.csms.links.at(-1)?.send(`[3,"${start?.messageId}",{"transactionId":${big},"idTagInfo":{"status":"Accepted"}}]`);
    await rig.pass(1000);
    rig.csms.links.at(-1)?.send(`[2,"stop","RemoteStopTransaction",{"transactionId":${big}}]`);
    await rig.pass(1000);
    const stop = rig.csms.heard.find(({ action }) => action === 'StopTransaction');
    expect(stop?.payload['transactionId']).toBe(9_223_372_036_854_775_807n);
    rig.charger.stop();
  });

  it('in 2.x carry remoteStartId and stop by transactionId', async () => {
    const rig = await bootedRig('2.1');
    const request = { idToken: { idToken: 'REMOTE', type: 'Central' }, remoteStartId: 77, evseId: 1 };
    expect(await payloadOf(rig, 'RequestStartTransaction', request)).toMatchObject({ status: 'Accepted' });
    await rig.pass(1000);
    const started = rig.csms.heard.find(({ action }) => action === 'TransactionEvent');
    expect(started?.payload).toMatchObject({ triggerReason: 'RemoteStart', transactionInfo: { remoteStartId: 77 } });
    const info: unknown = started?.payload['transactionInfo'];
    const transactionId: unknown = Object(info).transactionId;
    expect(await payloadOf(rig, 'GetTransactionStatus', { transactionId })).toEqual({
      messagesInQueue: false,
      ongoingIndicator: true,
    });
    await payloadOf(rig, 'TriggerMessage', { requestedMessage: 'TransactionEvent' });
    expect(await payloadOf(rig, 'RequestStopTransaction', { transactionId })).toMatchObject({ status: 'Accepted' });
    await rig.pass(1000);
    const events = rig.csms.heard.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => payload);
    expect(events.map(({ seqNo, triggerReason }) => [seqNo, triggerReason])).toEqual([
      [0, 'RemoteStart'],
      [1, 'ChargingStateChanged'],
      [2, 'Trigger'],
      [3, 'RemoteStop'],
    ]);
    expect(rig.csms.violations).toEqual([]);
    rig.charger.stop();
  });
});

describe('a token that the CSMS does not accept', () => {
  it('starts nothing when Authorize says so', async () => {
    const rig = await bootedRig('1.6');
    rig.csms.answers.set('Authorize', () => ({ idTagInfo: { status: 'Blocked' } }));
    const session = rig.charger.session({ idToken: 'BAD', durationMs: 1000, sampleIntervalMs: 1000 });
    await rig.pass(1000);
    expect(await session).toMatchObject({ outcome: 'refused', problem: 'idToken BAD is Blocked' });
    expect(rig.csms.actions()).not.toContain('StartTransaction');
    expect(rig.charger.connectorStatus(1)).toBe('Available');
    rig.charger.stop();
  });

  it('ends the transaction when StartTransaction says so', async () => {
    const rig = await bootedRig('1.6');
    rig.csms.answers.set('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Invalid' } }));
    const session = rig.charger.session({ idToken: 'BAD', durationMs: 60_000, sampleIntervalMs: 10_000 });
    await rig.pass(1000);
    expect(await session).toMatchObject({ outcome: 'completed', stopReason: 'DeAuthorized', transactionId: '5' });
    rig.charger.stop();
  });
});

describe('availability', () => {
  it('changes at once when idle and after the transaction when busy', async () => {
    const rig = await bootedRig('1.6', { hardware: { evses: 2 } });
    const session = rig.charger.session({ connectorId: 1, idToken: 'T', durationMs: 10_000, sampleIntervalMs: 5000 });
    await rig.pass(1000);
    expect(await payloadOf(rig, 'ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({
      status: 'Scheduled',
    });
    expect([rig.charger.connectorStatus(1), rig.charger.connectorStatus(2)]).toEqual(['Charging', 'Unavailable']);
    await rig.pass(20_000);
    await session;
    expect(rig.charger.connectorStatus(1)).toBe('Unavailable');
    expect(await rig.charger.session({ idToken: 'T', durationMs: 1, sampleIntervalMs: 1 })).toMatchObject({
      outcome: 'refused',
    });
    expect(await payloadOf(rig, 'ChangeAvailability', { connectorId: 0, type: 'Operative' })).toEqual({
      status: 'Accepted',
    });
    expect(rig.charger.connectorStatus(1)).toBe('Available');
    rig.charger.stop();
  });

  it('shows reservations until they expire or are used', async () => {
    const rig = await bootedRig('1.6');
    const expiryDate = new Date(rig.clock.nowMs() + 60_000).toISOString();
    const reservation = { connectorId: 1, expiryDate, idTag: 'MINE', reservationId: 4 };
    expect(await payloadOf(rig, 'ReserveNow', reservation)).toEqual({ status: 'Accepted' });
    expect(await payloadOf(rig, 'RemoteStartTransaction', { idTag: 'OTHER' })).toEqual({ status: 'Rejected' });
    await rig.pass(61_000);
    expect(statuses(rig).slice(-2)).toEqual(['Reserved', 'Available']);
    expect(await payloadOf(rig, 'CancelReservation', { reservationId: 4 })).toEqual({ status: 'Rejected' });
    rig.charger.stop();
  });
});

describe('settings', () => {
  it('of 1.6 are read and changed with the four answers', async () => {
    const rig = await bootedRig('1.6');
    const change = async (key: string, value: string): Promise<unknown> =>
      (await payloadOf(rig, 'ChangeConfiguration', { key, value }))['status'];
    expect(await change('heartbeatinterval', '10')).toBe('Accepted');
    expect(await change('WebSocketPingInterval', '10')).toBe('RebootRequired');
    expect(await change('NumberOfConnectors', '10')).toBe('Rejected');
    expect(await change('WebSocketPingInterval', '-1')).toBe('Rejected');
    expect(await change('MeterValuesSampledData', 'Nonsense')).toBe('Rejected');
    expect(await change('Unknown', '1')).toBe('NotSupported');
    const some = await payloadOf(rig, 'GetConfiguration', { key: ['HeartbeatInterval', 'AuthorizationKey', 'Nope'] });
    expect(some).toEqual({
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '10' },
        { key: 'AuthorizationKey', readonly: false },
      ],
      unknownKey: ['Nope'],
    });
    await rig.pass(11_000);
    expect(rig.csms.actions()).toContain('Heartbeat');
    rig.charger.stop();
  });

  it('of 2.x are reported in numbered parts, the last without tbc', async () => {
    const rig = await bootedRig('2.0.1');
    await payloadOf(rig, 'GetBaseReport', { requestId: 9, reportBase: 'FullInventory' });
    await rig.pass(1000);
    const parts = rig.csms.heard.filter(({ action }) => action === 'NotifyReport').map(({ payload }) => payload);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ seqNo }) => seqNo)).toEqual(parts.map((_, index) => index));
    expect(parts.map(({ tbc }) => tbc)).toEqual(parts.map((_, index) => index < parts.length - 1));
    expect(parts.every(({ requestId }) => requestId === 9)).toBe(true);
    rig.charger.stop();
  });

  it('a new password is used from the next connection on', async () => {
    const rig = await bootedRig('1.6');
    const value = '00112233445566778899aabbccddeeff';
    await payloadOf(rig, 'ChangeConfiguration', { key: 'AuthorizationKey', value });
    await rig.pass(1000);
    expect(rig.passwords.at(-1)).toEqual(Buffer.from(value, 'hex'));
    expect(rig.csms.actions().filter((action) => action === 'BootNotification')).toHaveLength(1);
    rig.charger.stop();
  });
});

describe('charging profiles', () => {
  const profile = (limit: number, purpose = 'TxDefaultProfile', stackLevel = 0): object => ({
    connectorId: purpose === 'ChargePointMaxProfile' ? 0 : 1,
    csChargingProfiles: {
      chargingProfileId: limit,
      stackLevel,
      chargingProfilePurpose: purpose,
      chargingProfileKind: 'Relative',
      chargingSchedule: {
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [
          { startPeriod: 0, limit },
          { startPeriod: 60, limit: 6 },
        ],
      },
    },
  });

  it('shape what the meter shows', async () => {
    const rig = await bootedRig('1.6');
    expect(await payloadOf(rig, 'SetChargingProfile', profile(16))).toEqual({ status: 'Accepted' });
    void rig.charger.session({ idToken: 'T', durationMs: 120_000, sampleIntervalMs: 20_000 });
    await rig.pass(130_000);
    const amps = rig.events('sample').map(({ currentA }) => Math.round(currentA));
    expect(amps).toEqual([16, 16, 6, 6, 6]);
    rig.charger.stop();
  });

  it('of a higher level win and are capped by the station', async () => {
    const rig = await bootedRig('1.6');
    await payloadOf(rig, 'SetChargingProfile', profile(10, 'TxDefaultProfile', 0));
    await payloadOf(rig, 'SetChargingProfile', profile(20, 'TxDefaultProfile', 1));
    await payloadOf(rig, 'SetChargingProfile', profile(13, 'ChargePointMaxProfile'));
    expect(await payloadOf(rig, 'SetChargingProfile', profile(5, 'TxProfile'))).toEqual({ status: 'Rejected' });
    const composite = await payloadOf(rig, 'GetCompositeSchedule', { connectorId: 1, duration: 600 });
    const periods: unknown = Object(composite['chargingSchedule']).chargingSchedulePeriod;
    expect(periods).toEqual([
      { startPeriod: 0, limit: 13 },
      { startPeriod: 60, limit: 6 },
    ]);
    rig.charger.stop();
  });
});
