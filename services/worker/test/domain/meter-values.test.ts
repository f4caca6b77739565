import { describe, expect, it } from 'vitest';
import type { SampledValue } from '../../src/domain/meter-values.ts';
import { energyRegisterWh, readingsOf } from '../../src/domain/meter-values.ts';
import { charger, NOW, NOW_MS, send } from './context.ts';

function sample(sampled: SampledValue) {
  return readingsOf([{ timestamp: NOW, sampledValue: [sampled] }], NOW_MS)[0]?.samples[0];
}

describe('a sample', () => {
  it('of 1.6 with nothing but a value gets the defaults of the standard', () => {
    expect(sample({ value: '1234.5' })).toEqual({
      measurand: 'Energy.Active.Import.Register',
      value: 1234.5,
      unit: 'Wh',
      context: 'Sample.Periodic',
      location: 'Outlet',
      wh: 1234.5,
    });
  });

  it.each<[string, SampledValue, object]>([
    ['kWh keeps its unit, Wh beside it', { value: '1.1', unit: 'kWh' }, { value: 1.1, unit: 'kWh', wh: 1100 }],
    ['a power has no unit by default', { value: '7', measurand: 'Power.Active.Import' }, { value: 7 }],
    [
      'a multiplier scales exactly',
      { value: 1.1, unitOfMeasure: { unit: 'W', multiplier: 2 }, measurand: 'Power.Offered' },
      { value: 110, unit: 'W' },
    ],
    [
      'a multiplier without a unit',
      { value: 2.3, unitOfMeasure: { multiplier: 3 } },
      { value: 2300, unit: 'Wh', wh: 2300 },
    ],
    [
      'a negative multiplier',
      { value: 12345, unitOfMeasure: { unit: 'kWh', multiplier: -1 } },
      { value: 1234.5, wh: 1234500 },
    ],
    ['blanks around a number', { value: ' 42 ' }, { value: 42 }],
    ['an exponent', { value: '1.5e3' }, { value: 1500 }],
    ['a text that is no number', { value: 'n/a' }, { value: 'n/a' }],
    ['an empty text', { value: '' }, { value: '' }],
    ['a signed block of 1.6', { value: '0123', format: 'SignedData' }, { value: '0123', signed: true }],
    [
      'a signed value of 2.x',
      { value: 5, signedMeterValue: { signedMeterData: 'x' } },
      { value: 5, signed: true, wh: 5 },
    ],
    ['a phase', { value: '1', phase: 'L1' }, { phase: 'L1' }],
  ])('%s', (_name, sampled, expected) => {
    expect(sample(sampled)).toMatchObject(expected);
  });

  it.each<[string, SampledValue]>([
    ['a signed block', { value: '0123', format: 'SignedData' }],
    ['no number', { value: 'n/a' }],
    ['a reactive energy', { value: '1', unit: 'kvarh', measurand: 'Energy.Reactive.Import.Register' }],
    ['a current', { value: '16', measurand: 'Current.Import', unit: 'A' }],
  ])('of %s offers no Wh', (_name, sampled) => {
    expect(sample(sampled)).not.toHaveProperty('wh');
  });
});

describe('the energy register among readings', () => {
  const readings = readingsOf(
    [
      {
        timestamp: '2026-03-01T11:00:00Z',
        sampledValue: [
          { value: '1', context: 'Transaction.Begin' },
          { value: '9', phase: 'L1' },
        ],
      },
      {
        timestamp: '2026-03-01T11:01:00Z',
        sampledValue: [
          { value: '2', unit: 'kWh' },
          { value: '3', location: 'Inlet' },
        ],
      },
      { timestamp: '2026-03-01T11:02:00Z', sampledValue: [{ value: '16', measurand: 'Current.Import' }] },
    ],
    NOW_MS,
  );

  it('is the total at the outlet', () => {
    expect(energyRegisterWh(readings, 'first')).toBe(1);
    expect(energyRegisterWh(readings, 'last')).toBe(2000);
    expect(energyRegisterWh(readings, 'first', 'Transaction.Begin')).toBe(1);
    expect(energyRegisterWh(readings, 'last', 'Transaction.End')).toBeUndefined();
  });
});

describe('1.6 MeterValues', () => {
  const MESSAGE = {
    connectorId: 1,
    transactionId: 1_000_001,
    meterValue: [{ timestamp: '2026-03-01T11:05:00Z', sampledValue: [{ value: '1500' }] }],
  };
  const START = { connectorId: 1, idTag: 'GOOD', meterStart: 1000, timestamp: '2026-03-01T11:00:00Z' };

  it('becomes telemetry named by its content and changes nothing', () => {
    const one = charger('1.6');
    send(one, 'StartTransaction', START);
    const before = one.state;
    const decision = send(one, 'MeterValues', MESSAGE);
    expect(decision).toMatchObject({ answer: { kind: 'result', payload: {} }, events: [] });
    expect(one.state).toBe(before);
    expect(decision.meter).toMatchObject({
      id: expect.stringMatching(/^mv:[\w-]{22}$/),
      kind: 'meter.values',
      at: '2026-03-01T11:05:00.000Z',
      data: { connectorId: 1, transactionId: '1000001', transactionKey: before.open[0]?.key },
    });
    expect(send(one, 'MeterValues', MESSAGE).meter?.id).toBe(decision.meter?.id);
    expect(send(one, 'MeterValues', { ...MESSAGE, connectorId: 2 }).meter?.id).not.toBe(decision.meter?.id);
  });

  it.each([
    ['no reading', []],
    ['a reading without samples', [{ timestamp: NOW, sampledValue: [] }]],
  ])('with %s is answered, and that is all', (_name, meterValue) => {
    const decision = send(charger('1.6'), 'MeterValues', { connectorId: 1, meterValue });
    expect(decision.answer).toEqual({ kind: 'result', payload: {} });
    expect(decision.meter).toBeUndefined();
  });

  it.each([undefined, 0, -1])(
    'with transaction id %s belongs to the only transaction on its connector',
    (transactionId) => {
      const one = charger('1.6');
      send(one, 'StartTransaction', START);
      const message = {
        connectorId: 1,
        meterValue: MESSAGE.meterValue,
        ...(transactionId === undefined ? {} : { transactionId }),
      };
      expect(send(one, 'MeterValues', message).meter?.data).toMatchObject({
        transactionId: '1000001',
        matchedBy: 'connector',
      });
      expect(send(one, 'MeterValues', { ...message, connectorId: 2 }).meter?.data).not.toHaveProperty('transactionKey');
      expect(send(one, 'MeterValues', { ...message, connectorId: 0 }).meter?.data).not.toHaveProperty('transactionKey');
      send(one, 'StartTransaction', { ...START, meterStart: 1 });
      expect(send(one, 'MeterValues', message).meter?.data).not.toHaveProperty('transactionKey');
    },
  );

  it('with an id no number holds keeps all its digits', () => {
    const decision = send(charger('1.6'), 'MeterValues', { ...MESSAGE, transactionId: 9223372036854775807n });
    expect(decision.meter?.data).toMatchObject({ transactionId: '9223372036854775807' });
    expect(decision.meter?.data).not.toHaveProperty('transactionKey');
  });
});
