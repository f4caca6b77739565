import { STATE_LIMITS } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import type { Charger } from './context.ts';
import { charger, NOW, payloadOf, send } from './context.ts';

const START = { connectorId: 1, idTag: 'GOOD', meterStart: 1000, timestamp: '2026-03-01T11:00:00Z' };
const STOP = { transactionId: 1_000_001, idTag: 'GOOD', meterStop: 4500, timestamp: '2026-03-01T11:30:00Z' };

function running(): Charger {
  const one = charger('1.6');
  send(one, 'StartTransaction', START);
  return one;
}

describe('StartTransaction', () => {
  it('gives an id, a verdict and one event', () => {
    const one = charger('1.6');
    const decision = send(one, 'StartTransaction', { ...START, reservationId: 7 });
    expect(payloadOf(decision)).toEqual({ transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } });
    expect(decision.events).toEqual([
      {
        id: `tx:${one.state.open[0]?.key}:start`,
        kind: 'transaction.started',
        at: '2026-03-01T11:00:00.000Z',
        data: {
          transactionKey: one.state.open[0]?.key,
          transactionId: '1000001',
          connectorId: 1,
          idToken: 'GOOD',
          authorization: 'Accepted',
          meterStartWh: 1000,
          reservationId: 7,
        },
      },
    ]);
    expect(one.state.transactionCount).toBe(1);
  });

  it.each([
    ['BAD', 'Blocked'],
    ['NOBODY', 'Invalid'],
  ])('of a refused token %s is recorded all the same', (idTag, status) => {
    const decision = send(charger('1.6'), 'StartTransaction', { ...START, idTag });
    expect(payloadOf(decision)).toMatchObject({ transactionId: 1_000_001, idTagInfo: { status } });
    expect(decision.events[0]?.data).toMatchObject({ authorization: status });
  });

  it.each([
    ['again while it runs', () => running()],
    ['again with the token in another case', () => running()],
    [
      'again after it ended',
      () => {
        const one = running();
        send(one, 'StopTransaction', STOP);
        return one;
      },
    ],
  ])('%s gets the same id and records nothing', (name, make) => {
    const one = make();
    const before = one.state;
    const decision = send(one, 'StartTransaction', name.includes('case') ? { ...START, idTag: 'good' } : START);
    expect(payloadOf(decision)).toMatchObject({ transactionId: 1_000_001 });
    expect(decision).toMatchObject({ duplicate: true, events: [] });
    expect(decision.state).toBe(before);
  });

  it.each([
    ['another time', { timestamp: '2026-03-01T11:00:01Z' }],
    ['another register', { meterStart: 1001 }],
    ['another token', { idTag: 'BAD' }],
    ['another connector', { connectorId: 2 }],
  ])('with %s is another transaction', (_name, change) => {
    expect(payloadOf(send(running(), 'StartTransaction', { ...START, ...change }))).toMatchObject({
      transactionId: 1_000_002,
    });
  });

  it('with a clock that was never set is not taken for one that ended', () => {
    const one = charger('1.6');
    const start = { ...START, timestamp: '1970-01-01T00:00:09Z' };
    send(one, 'StartTransaction', start);
    expect(send(one, 'StartTransaction', start).duplicate).toBe(true);
    send(one, 'StopTransaction', STOP);
    const decision = send(one, 'StartTransaction', start);
    expect(payloadOf(decision)).toMatchObject({ transactionId: 1_000_002 });
    expect(decision.events[0]).toMatchObject({ at: NOW, data: { reportedAt: '1970-01-01T00:00:09Z' } });
  });

  it('on a busy connector closes nothing and says what it overlaps', () => {
    const one = running();
    const first = one.state.open[0]?.key;
    const decision = send(one, 'StartTransaction', { ...START, timestamp: '2026-03-01T11:10:00Z' });
    expect(decision.events).toHaveLength(1);
    expect(decision.events[0]?.data).toMatchObject({ overlaps: [first] });
    expect(one.state.open).toHaveLength(2);
  });

  it('with reservation 0 has none', () => {
    const decision = send(charger('1.6'), 'StartTransaction', { ...START, reservationId: 0 });
    expect(decision.events[0]?.data).not.toHaveProperty('reservationId');
  });

  it('beyond the bound pushes the oldest out of the open ones, whose end is still recognised', () => {
    const one = running();
    const first = one.state.open[0]?.key;
    for (let i = 0; i < STATE_LIMITS.openMax; i++) send(one, 'StartTransaction', { ...START, meterStart: 2000 + i });
    expect(one.state.open).toHaveLength(STATE_LIMITS.openMax);
    const stop = send(one, 'StopTransaction', STOP);
    expect(stop.events[0]).toMatchObject({ id: `tx:${first}:stop`, data: { matched: true, transactionKey: first } });
    expect(send(one, 'StopTransaction', STOP).duplicate).toBe(true);
  });
});

describe('StopTransaction', () => {
  it('ends its transaction with energy, duration and reason', () => {
    const one = running();
    const key = one.state.open[0]?.key;
    const decision = send(one, 'StopTransaction', STOP);
    expect(payloadOf(decision)).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(decision.events).toEqual([
      {
        id: `tx:${key}:stop`,
        kind: 'transaction.ended',
        at: '2026-03-01T11:30:00.000Z',
        data: {
          transactionKey: key,
          transactionId: '1000001',
          matched: true,
          connectorId: 1,
          idToken: 'GOOD',
          startedAt: '2026-03-01T11:00:00.000Z',
          durationS: 1800,
          meterStartWh: 1000,
          meterStopWh: 4500,
          energyWh: 3500,
          reason: 'Local',
          authorization: 'Accepted',
        },
      },
    ]);
    expect(one.state.open).toEqual([]);
  });

  it('without a token is answered without a verdict and keeps the token of the start', () => {
    const { idTag: _, ...stop } = STOP;
    const decision = send(running(), 'StopTransaction', { ...stop, reason: 'PowerLoss' });
    expect(payloadOf(decision)).toEqual({});
    expect(decision.events[0]?.data).toMatchObject({ idToken: 'GOOD', reason: 'PowerLoss' });
  });

  it('with a register that went back claims no energy', () => {
    const data = send(running(), 'StopTransaction', { ...STOP, meterStop: 10 }).events[0]?.data;
    expect(data).toMatchObject({ meterWentBack: true, meterStopWh: 10 });
    expect(data).not.toHaveProperty('energyWh');
  });

  it('sent again gets the same answer and records nothing', () => {
    const one = running();
    const first = send(one, 'StopTransaction', STOP);
    const again = send(one, 'StopTransaction', STOP);
    expect(again.answer).toEqual(first.answer);
    expect(again).toMatchObject({ duplicate: true, conflict: false, events: [] });
    expect(again.state).toBe(first.state);
  });

  it('sent again with other content is a duplicate worth a log line', () => {
    const one = running();
    send(one, 'StopTransaction', STOP);
    expect(send(one, 'StopTransaction', { ...STOP, meterStop: 9999 })).toMatchObject({
      duplicate: true,
      conflict: true,
      events: [],
    });
  });

  it.each([
    ['an id we never gave', 4711],
    ['an id no number holds', 9223372036854775807n],
    ['0', 0],
    ['−1', -1],
  ])('of nothing we know (%s) is answered and recorded once', (_name, transactionId) => {
    const one = charger('1.6');
    const stop = { ...STOP, transactionId };
    const decision = send(one, 'StopTransaction', stop);
    expect(payloadOf(decision)).toEqual({ idTagInfo: { status: 'Accepted' } });
    expect(decision.events[0]).toMatchObject({
      kind: 'transaction.ended',
      id: expect.stringMatching(/^tx:.*:stop$/),
      data: { matched: false, transactionId: String(transactionId), meterStopWh: 4500 },
    });
    expect(send(one, 'StopTransaction', stop)).toMatchObject({ duplicate: true, events: [] });
    const other = send(one, 'StopTransaction', { ...stop, meterStop: 5000, timestamp: '2026-03-01T11:45:00Z' });
    expect(other.events).toHaveLength(1);
    expect(other.events[0]?.id).not.toBe(decision.events[0]?.id);
  });

  it.each([-1, 0])('with id %s belongs to the only transaction it fits', (transactionId) => {
    const one = running();
    const key = one.state.open[0]?.key;
    send(one, 'StartTransaction', { ...START, connectorId: 2, idTag: 'BAD' });
    const decision = send(one, 'StopTransaction', { ...STOP, transactionId });
    expect(decision.events[0]?.data).toMatchObject({
      matched: true,
      transactionKey: key,
      transactionId: '1000001',
      reportedTransactionId: String(transactionId),
      energyWh: 3500,
    });
    expect(one.state.open).toHaveLength(1);
    expect(send(one, 'StopTransaction', { ...STOP, transactionId })).toMatchObject({
      duplicate: true,
      conflict: false,
    });
    // The id the charger may learn later means the same end.
    expect(send(one, 'StopTransaction', STOP)).toMatchObject({ duplicate: true });
  });

  it.each<[string, Record<string, unknown>]>([
    ['two fit', { second: true }],
    ['the token is another', { idTag: 'BAD' }],
    ['there is no token', { idTag: undefined }],
    ['it is older than the start', { timestamp: '2026-03-01T10:59:00Z' }],
    ['its register is below the start', { meterStop: 999 }],
    ['its clock was never set', { timestamp: '1970-01-01T00:00:00Z' }],
  ])('with id −1 is attached to nothing when %s', (_name, { second, ...change }) => {
    const one = running();
    if (second === true) send(one, 'StartTransaction', { ...START, connectorId: 2 });
    const stop = Object.fromEntries(
      Object.entries({ ...STOP, transactionId: -1, ...change }).filter(([, value]) => value !== undefined),
    );
    const open = one.state.open;
    const decision = send(one, 'StopTransaction', stop);
    expect(decision.events[0]?.data).toMatchObject({ matched: false });
    expect(one.state.open).toEqual(open);
  });

  it('remembers a bounded number of ended transactions', () => {
    const one = charger('1.6');
    for (let i = 0; i < 40; i++) {
      send(one, 'StartTransaction', { ...START, meterStart: i });
      send(one, 'StopTransaction', { ...STOP, transactionId: 1_000_001 + i });
    }
    expect(one.state.ended).toHaveLength(STATE_LIMITS.endedMax);
    expect(one.state.open).toEqual([]);
  });
});
