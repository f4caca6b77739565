/** A whole charging session by a client that is not ours (npm ocpp-rpc, strict on both sides), on both buses, by real processes. */

import type { NatsServer } from '@voltlane/testkit';
import { startNatsServer } from '@voltlane/testkit';
import { RPCClient } from 'ocpp-rpc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerProcess } from './broker-process.ts';
import { startBrokerProcess } from './broker-process.ts';

type Payload = Record<string, unknown>;

function peerClient(endpoint: string, identity: string, protocol: string): RPCClient {
  return new RPCClient({ endpoint, identity, protocols: [protocol], strictMode: true, reconnect: false });
}

describe.each(['memory', 'nats'] as const)("a peer's client on the %s bus", (kind) => {
  let nats: NatsServer | undefined;
  let broker: BrokerProcess;
  let endpoint: string;

  beforeAll(async () => {
    nats = kind === 'nats' ? await startNatsServer() : undefined;
    broker = await startBrokerProcess(nats?.url);
    endpoint = broker.ocppUrl;
  });

  afterAll(async () => {
    await broker.process.stop();
    await nats?.stop();
  });

  it('passes a whole session in OCPP 1.6', async () => {
    const client = peerClient(endpoint, 'PEER 1.6', 'ocpp1.6');
    await client.connect();
    const boot = await client.call('BootNotification', { chargePointVendor: 'Peer', chargePointModel: 'One' });
    expect(boot).toMatchObject({ status: 'Accepted' });
    for (const connectorId of [0, 1]) {
      await client.call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available' });
    }
    expect(await client.call('Authorize', { idTag: 'TAG1' })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    await client.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' });
    const started = await client.call('StartTransaction', {
      connectorId: 1,
      idTag: 'TAG1',
      meterStart: 1000,
      timestamp: '2026-01-01T10:00:00Z',
    });
    const { transactionId } = started;
    expect(transactionId).toEqual(expect.any(Number));
    await client.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' });
    const sampledValue = [{ value: '1500', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }];
    const meterValue = [{ timestamp: '2026-01-01T10:30:00Z', sampledValue }];
    expect(await client.call('MeterValues', { connectorId: 1, transactionId, meterValue })).toEqual({});
    expect(await client.call('Heartbeat', {})).toEqual({ currentTime: expect.any(String) });
    const stop = { transactionId, idTag: 'TAG1', meterStop: 2000, timestamp: '2026-01-01T11:00:00Z', reason: 'Local' };
    expect(await client.call('StopTransaction', stop)).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    await client.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' });
    const event = { type: 'StartupOfTheDevice', timestamp: '2026-01-01T11:00:01Z' };
    expect(await client.call('SecurityEventNotification', event)).toEqual({});
    await client.close();
  });

  it('passes a whole session in OCPP 2.0.1', async () => {
    const client = peerClient(endpoint, 'PEER-201', 'ocpp2.0.1');
    await client.connect();
    const boot = await client.call('BootNotification', {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Peer', model: 'Two' },
    });
    expect(boot).toMatchObject({ status: 'Accepted' });
    const status = { timestamp: '2026-01-01T09:59:00Z', connectorStatus: 'Available', evseId: 1, connectorId: 1 };
    expect(await client.call('StatusNotification', status)).toEqual({});
    const idToken = { idToken: '04A1B2C3', type: 'ISO14443' };
    expect(await client.call('Authorize', { idToken })).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    const transactionId = 'peer-transaction-1';
    const reading = (value: number, context: string): Payload => ({
      timestamp: '2026-01-01T10:00:00Z',
      sampledValue: [{ value, context, measurand: 'Energy.Active.Import.Register' }],
    });
    const started = await client.call('TransactionEvent', {
      eventType: 'Started',
      timestamp: '2026-01-01T10:00:00Z',
      triggerReason: 'Authorized',
      seqNo: 0,
      transactionInfo: { transactionId, chargingState: 'EVConnected' },
      evse: { id: 1, connectorId: 1 },
      idToken,
      meterValue: [reading(1000, 'Transaction.Begin')],
    });
    expect(started).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    const updated = await client.call('TransactionEvent', {
      eventType: 'Updated',
      timestamp: '2026-01-01T10:30:00Z',
      triggerReason: 'MeterValuePeriodic',
      seqNo: 1,
      transactionInfo: { transactionId, chargingState: 'Charging' },
      meterValue: [reading(1500, 'Sample.Periodic')],
    });
    expect(updated).toEqual({});
    const ended = await client.call('TransactionEvent', {
      eventType: 'Ended',
      timestamp: '2026-01-01T11:00:00Z',
      triggerReason: 'StopAuthorized',
      seqNo: 2,
      transactionInfo: { transactionId, stoppedReason: 'Local' },
      idToken,
      meterValue: [reading(2000, 'Transaction.End')],
    });
    expect(ended).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
    expect(await client.call('Heartbeat', {})).toEqual({ currentTime: expect.any(String) });
    await client.close();
  });
});
