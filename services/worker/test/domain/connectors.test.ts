import { STATE_LIMITS } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import { charger, NOW, send } from './context.ts';

const REPORT = { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: '2026-03-01T11:00:00Z' };

describe('StatusNotification', () => {
  it('is recorded when it is the first', () => {
    const one = charger('1.6');
    const decision = send(one, 'StatusNotification', REPORT);
    expect(decision.events).toEqual([
      {
        kind: 'connector.status',
        at: '2026-03-01T11:00:00.000Z',
        data: { connectorId: 1, status: 'Available', errorCode: 'NoError' },
      },
    ]);
    expect(one.state.connectors).toEqual({
      '0/1': { status: 'Available', errorCode: 'NoError', at: '2026-03-01T11:00:00.000Z' },
    });
  });

  it.each([
    ['the same again', {}],
    ['the same at a later time', { timestamp: '2026-03-01T11:30:00Z' }],
  ])('is answered and not recorded: %s', (_name, change) => {
    const one = charger('1.6');
    send(one, 'StatusNotification', REPORT);
    const before = one.state;
    const decision = send(one, 'StatusNotification', { ...REPORT, ...change });
    expect(decision).toMatchObject({ answer: { kind: 'result', payload: {} }, events: [] });
    expect(decision.state).toBe(before);
  });

  it.each([
    ['status', { status: 'Charging' }],
    ['error code', { errorCode: 'OverVoltage' }],
    ['vendor’s code', { vendorErrorCode: 'E7' }],
    ['info', { info: 'door open' }],
  ])('is recorded when its %s changed', (_name, change) => {
    const one = charger('1.6');
    send(one, 'StatusNotification', REPORT);
    const decision = send(one, 'StatusNotification', { ...REPORT, ...change });
    expect(decision.events[0]?.data).toMatchObject({ ...change, previousStatus: 'Available' });
  });

  it('keeps the charger itself, its connectors and EVSEs apart', () => {
    const one = charger('1.6');
    send(one, 'StatusNotification', { ...REPORT, connectorId: 0 });
    send(one, 'StatusNotification', REPORT);
    expect(Object.keys(one.state.connectors)).toEqual(['0/0', '0/1']);
    expect(one.events).toHaveLength(2);
  });

  it('without a time happened when it was received', () => {
    const { timestamp: _, ...report } = REPORT;
    expect(send(charger('1.6'), 'StatusNotification', report).events[0]?.at).toBe(NOW);
  });

  it('of connectors beyond the bound is recorded and not remembered', () => {
    const one = charger('1.6');
    for (let i = 0; i < STATE_LIMITS.connectorsMax + 20; i++)
      send(one, 'StatusNotification', { ...REPORT, connectorId: i });
    expect(Object.keys(one.state.connectors)).toHaveLength(STATE_LIMITS.connectorsMax);
    expect(one.events).toHaveLength(STATE_LIMITS.connectorsMax + 20);
  });
});
