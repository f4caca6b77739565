import { describe, expect, it } from 'vitest';
import { DEVICE_EVENTS_MAX } from '../../src/domain/device-events.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import type { Version } from '../domain/context.ts';
import { charger, NOW, payloadOf, send } from '../domain/context.ts';
import { SAMPLES_V21, SAMPLES_V201 } from './samples.ts';

const VERSIONS: Version[] = ['1.6', '2.0.1', '2.1'];

describe.each(VERSIONS)('%s DataTransfer', (version) => {
  const policy = { ...DEFAULT_POLICY, dataTransferVendors: { 'com.example': ['hello'], 'org.any': [] } };

  it.each([
    [{ vendorId: 'nobody' }, 'UnknownVendorId'],
    [{ vendorId: 'Com.Example', messageId: 'hello' }, 'Accepted'],
    [{ vendorId: 'com.example', messageId: 'other' }, 'UnknownMessageId'],
    [{ vendorId: 'com.example' }, 'UnknownMessageId'],
    [{ vendorId: 'org.any', messageId: 'x' }, 'Accepted'],
    [{ vendorId: 'org.any' }, 'Accepted'],
    [{ vendorId: 'constructor' }, 'UnknownVendorId'],
  ])('%j → %s', (request, status) => {
    const decision = send(charger(version, { policy }), 'DataTransfer', request);
    expect(payloadOf(decision)).toEqual({ status });
    expect(decision.events).toMatchObject([{ kind: 'data.transfer', data: { ...request, status } }]);
  });

  it('of plug & charge is marked and refused: there is no certificate authority', () => {
    const decision = send(charger(version), 'DataTransfer', {
      vendorId: 'org.openchargealliance.iso15118pnc',
      messageId: 'Authorize',
    });
    expect(payloadOf(decision)).toEqual({ status: 'UnknownVendorId' });
    expect(decision.events[0]?.data).toMatchObject({ plugAndCharge: true });
  });
});

describe.each(VERSIONS)('%s SecurityEventNotification', (version) => {
  it.each([
    ['FirmwareUpdated', true],
    ['TamperDetectionActivated', true],
    ['InvalidMessages', false],
    ['something nobody listed', false],
  ])('%s is critical: %s', (type, critical) => {
    const one = charger(version);
    const request = { type, timestamp: '2026-03-01T11:00:00Z', techInfo: 'x' };
    const decision = send(one, 'SecurityEventNotification', request);
    expect(payloadOf(decision)).toEqual({});
    expect(decision.events).toMatchObject([
      { kind: 'security.event', at: '2026-03-01T11:00:00.000Z', data: { type, critical } },
    ]);
    expect(send(one, 'SecurityEventNotification', request).events[0]?.id).toBe(decision.events[0]?.id);
    expect(send(one, 'SecurityEventNotification', { ...request, techInfo: 'y' }).events[0]?.id).not.toBe(
      decision.events[0]?.id,
    );
  });
});

describe.each(VERSIONS)('%s Heartbeat', (version) => {
  it('tells the time and leaves no trace', () => {
    const one = charger(version);
    const decision = send(one, 'Heartbeat', {});
    expect(decision).toEqual({ answer: { kind: 'result', payload: { currentTime: NOW } }, events: [] });
  });
});

describe('Authorize', () => {
  it('of 1.6 looks up its tag and changes nothing', () => {
    const one = charger('1.6');
    expect(payloadOf(send(one, 'Authorize', { idTag: 'bad' }))).toEqual({ idTagInfo: { status: 'Blocked' } });
    expect(one.events).toEqual([]);
  });

  it.each<[string, object, object]>([
    ['a known token', { idToken: { idToken: 'GOOD', type: 'ISO14443' } }, { idTokenInfo: { status: 'Accepted' } }],
    ['an unknown token', { idToken: { idToken: 'x', type: 'eMAID' } }, { idTokenInfo: { status: 'Invalid' } }],
    [
      'a contract nobody here can check',
      { idToken: { idToken: 'GOOD', type: 'eMAID' }, certificate: 'pem' },
      { idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' },
    ],
    [
      'a blocked token with a contract',
      { idToken: { idToken: 'BAD', type: 'eMAID' }, iso15118CertificateHashData: [] },
      { idTokenInfo: { status: 'Blocked' }, certificateStatus: 'CertChainError' },
    ],
  ])('of 2.x: %s', (_name, request, answer) => {
    expect(payloadOf(send(charger('2.0.1'), 'Authorize', request))).toEqual(answer);
  });
});

describe('a report', () => {
  it.each<[string, object, object]>([
    [
      'NotifyReport',
      { report: 'NotifyReport', requestId: 8, seqNo: 3 },
      { seqNo: 3, tbc: true, last: false, items: 1 },
    ],
    [
      'NotifyMonitoringReport',
      { report: 'NotifyMonitoringReport', requestId: 7, seqNo: 0 },
      { tbc: false, last: true, items: 0 },
    ],
    ['NotifyCustomerInformation', { report: 'NotifyCustomerInformation', requestId: 5, seqNo: 0 }, { last: true }],
    ['NotifyDisplayMessages', { report: 'NotifyDisplayMessages', requestId: 6 }, { last: true, items: 1 }],
    [
      'ReportChargingProfiles',
      { report: 'ReportChargingProfiles', requestId: 10 },
      { items: 1, evseId: 1, chargingLimitSource: 'CSO' },
    ],
    ['ReportDERControl', { report: 'ReportDERControl', requestId: 14 }, { last: true, items: 1 }],
  ])('%s is one part to keep and one event', (action, part, data) => {
    const decision = send(charger('2.1'), action, SAMPLES_V21[action]);
    expect(decision.report).toMatchObject(part);
    expect(decision.events).toMatchObject([{ kind: 'report.part', data: { report: action, ...data } }]);
  });

  it('that does not count its parts gets them in the order they came', () => {
    const one = charger('2.1');
    const first = send(one, 'NotifyDisplayMessages', { requestId: 6, tbc: true });
    // The actor counts events as it writes them.
    one.state = { ...one.state, eventCount: one.state.eventCount + 1 };
    const second = send(one, 'NotifyDisplayMessages', { requestId: 6 });
    expect(second.report?.seqNo).toBeGreaterThan(first.report?.seqNo ?? Number.NaN);
    expect(second.events[0]?.data).not.toHaveProperty('seqNo');
    expect(second.events[0]).not.toHaveProperty('id');
  });

  it('sent again has the same id; another part has another', () => {
    const one = charger('2.0.1');
    const id = (request: object) => send(one, 'NotifyReport', request).events[0]?.id;
    const part = { ...SAMPLES_V201['NotifyReport'] };
    expect(id(part)).toBe(id(part));
    expect(id({ ...part, seqNo: 4 })).not.toBe(id(part));
  });
});

describe('NotifyEvent', () => {
  const [sample] = (SAMPLES_V201['NotifyEvent'] as { eventData: object[] }).eventData;

  it('becomes one event each, named by its content and joined to its transaction', () => {
    const one = charger('2.0.1');
    send(one, 'TransactionEvent', SAMPLES_V201['TransactionEvent']);
    const key = one.state.open[0]?.key;
    const request = { generatedAt: NOW, seqNo: 0, eventData: [sample, sample] };
    const decision = send(one, 'NotifyEvent', request);
    expect(decision.events).toHaveLength(2);
    expect(decision.events[0]?.id).not.toBe(decision.events[1]?.id);
    expect(decision.events[0]).toMatchObject({
      kind: 'device.event',
      data: { transactionKey: key, component: { evseId: 1 } },
    });
    expect(send(one, 'NotifyEvent', request).events.map((event) => event.id)).toEqual(
      decision.events.map((event) => event.id),
    );
  });

  it('about the availability of a connector is its status, too, and said once', () => {
    const one = charger('2.1');
    const availability = {
      ...sample,
      actualValue: 'Occupied',
      component: { name: 'Connector', evse: { id: 2, connectorId: 1 } },
      variable: { name: 'AvailabilityState' },
    };
    const evse = { ...availability, component: { name: 'EVSE', evse: { id: 2 } } };
    const { events } = send(one, 'NotifyEvent', {
      generatedAt: NOW,
      seqNo: 0,
      eventData: [evse, availability, availability],
    });
    expect(events.map((event) => event.kind)).toEqual([
      'device.event',
      'device.event',
      'connector.status',
      'device.event',
    ]);
    expect(events[2]?.data).toEqual({ evseId: 2, connectorId: 1, status: 'Occupied' });
    expect(one.state.connectors['2/1']?.status).toBe('Occupied');
    const report = { evseId: 2, connectorId: 1, connectorStatus: 'Occupied', timestamp: NOW };
    expect(send(one, 'StatusNotification', report).events).toEqual([]);
    const free = { ...availability, actualValue: 'Available' };
    const decision = send(one, 'NotifyEvent', { generatedAt: NOW, seqNo: 1, eventData: [free] });
    expect(decision.events[1]?.data).toMatchObject({ status: 'Available', previousStatus: 'Occupied' });
  });

  it('with more than an event record should hold is cut and says so', () => {
    const eventData = Array.from({ length: DEVICE_EVENTS_MAX + 3 }, () => sample);
    const { events } = send(charger('2.0.1'), 'NotifyEvent', { generatedAt: NOW, seqNo: 0, eventData });
    expect(events).toHaveLength(DEVICE_EVENTS_MAX);
    expect(events.at(-1)?.data).toMatchObject({ eventsCut: 3 });
    expect(events.at(-2)?.data).not.toHaveProperty('eventsCut');
  });
});

describe('what nobody behind the broker can decide', () => {
  it.each<[Version, string, object]>([
    ['1.6', 'SignCertificate', { status: 'Rejected' }],
    ['2.0.1', 'SignCertificate', { status: 'Rejected', statusInfo: { reasonCode: 'NotEnabled' } }],
    ['2.0.1', 'Get15118EVCertificate', { status: 'Failed', exiResponse: '' }],
    ['2.0.1', 'GetCertificateStatus', { status: 'Failed' }],
    [
      '2.1',
      'GetCertificateChainStatus',
      { certificateStatus: [{ status: 'Failed', source: 'OCSP', nextUpdate: NOW }] },
    ],
    ['2.0.1', 'NotifyEVChargingNeeds', { status: 'Rejected' }],
    ['2.1', 'NotifyEVChargingNeeds', { status: 'NoChargingProfile' }],
    ['2.1', 'NotifyEVChargingSchedule', { status: 'Accepted' }],
    ['2.1', 'PullDynamicScheduleUpdate', { status: 'Rejected' }],
    ['2.1', 'VatNumberValidation', { status: 'Rejected', vatNumber: 'NL1', evseId: 1 }],
    ['2.1', 'OpenPeriodicEventStream', { status: 'Accepted' }],
  ])('%s %s is answered %j', (version, action, answer) => {
    const request = version === '1.6' ? { csr: 'x' } : SAMPLES_V21[action];
    expect(payloadOf(send(charger(version), action, request))).toMatchObject(answer);
  });

  it('does not put the signing request into the event twice', () => {
    const one = charger('2.0.1');
    send(one, 'SignCertificate', { csr: 'secretless-but-long' });
    expect(JSON.stringify(one.events)).not.toContain('secretless');
  });
});

describe('firmware and logs', () => {
  it.each<[Version, string, object, object]>([
    [
      '1.6',
      'FirmwareStatusNotification',
      { status: 'Installed' },
      { kind: 'firmware.status', data: { status: 'Installed', signed: false } },
    ],
    [
      '1.6',
      'SignedFirmwareStatusNotification',
      { status: 'Installed', requestId: 1 },
      { kind: 'firmware.status', data: { status: 'Installed', signed: true, requestId: 1 } },
    ],
    [
      '1.6',
      'DiagnosticsStatusNotification',
      { status: 'Idle' },
      { kind: 'log.status', data: { source: 'diagnostics', status: 'Idle' } },
    ],
    [
      '1.6',
      'LogStatusNotification',
      { status: 'Idle' },
      { kind: 'log.status', data: { source: 'log', status: 'Idle' } },
    ],
    [
      '2.1',
      'FirmwareStatusNotification',
      { status: 'DownloadFailed', statusInfo: { reasonCode: 'X', additionalInfo: 'y' } },
      { kind: 'firmware.status', data: { reasonCode: 'X', additionalInfo: 'y' } },
    ],
  ])('%s %s %j', (version, action, request, event) => {
    expect(send(charger(version), action, request).events).toMatchObject([event]);
  });
});
