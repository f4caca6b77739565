import { STATE_LIMITS } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import type { Charger } from './context.ts';
import { charger, NOW, payloadOf, send } from './context.ts';

type Json = Record<string, unknown>;

/** One message of transaction `tx`, a minute apart from the next. */
function message(seqNo: number, eventType: 'Started' | 'Updated' | 'Ended', more: Json = {}): Json {
  const { transactionInfo, ...rest } = more;
  return {
    eventType,
    seqNo,
    timestamp: `2026-03-01T11:${String(seqNo % 60).padStart(2, '0')}:00Z`,
    triggerReason: 'Trigger',
    transactionInfo: { transactionId: 'tx', ...(transactionInfo as Json | undefined) },
    ...rest,
  };
}

function register(wh: number, context = 'Sample.Periodic', unit = 'Wh'): Json {
  return {
    meterValue: [{ timestamp: NOW, sampledValue: [{ value: wh, context, unitOfMeasure: { unit } }] }],
  };
}

const TOKEN = { idToken: { idToken: 'GOOD', type: 'ISO14443' } };
const EVSE = { evse: { id: 2, connectorId: 1 } };
const START = message(0, 'Started', { ...TOKEN, ...EVSE, ...register(1000, 'Transaction.Begin') });

function after(...messages: Json[]): Charger {
  const one = charger('2.0.1');
  for (const each of messages) send(one, 'TransactionEvent', each);
  return one;
}

function event(one: Charger, request: Json) {
  return send(one, 'TransactionEvent', request).events[0];
}

describe.each(['2.0.1', '2.1'] as const)('a %s transaction', (version) => {
  it('starts, goes on and ends', () => {
    const one = charger(version);
    const started = send(one, 'TransactionEvent', START);
    const key = one.state.open[0]?.key;
    expect(payloadOf(started)).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(started.events).toEqual([
      {
        id: `tx:${key}:0`,
        kind: 'transaction.started',
        at: '2026-03-01T11:00:00.000Z',
        data: {
          transactionKey: key,
          transactionId: 'tx',
          seqNo: 0,
          triggerReason: 'Trigger',
          evseId: 2,
          connectorId: 1,
          idToken: 'GOOD',
          idTokenType: 'ISO14443',
          authorization: 'Accepted',
          meterStartWh: 1000,
          readings: [
            {
              at: NOW,
              samples: [
                {
                  measurand: 'Energy.Active.Import.Register',
                  value: 1000,
                  unit: 'Wh',
                  context: 'Transaction.Begin',
                  location: 'Outlet',
                  wh: 1000,
                },
              ],
            },
          ],
        },
      },
    ]);

    const updated = send(
      one,
      'TransactionEvent',
      message(1, 'Updated', { transactionInfo: { chargingState: 'Charging' } }),
    );
    expect(payloadOf(updated)).toEqual({});
    expect(updated.events[0]).toMatchObject({
      id: `tx:${key}:1`,
      kind: 'transaction.updated',
      data: { chargingState: 'Charging', evseId: 2, idToken: 'GOOD' },
    });

    const ended = event(one, message(2, 'Ended', register(4.5, 'Transaction.End', 'kWh')));
    expect(ended).toMatchObject({
      id: `tx:${key}:2`,
      kind: 'transaction.ended',
      data: {
        matched: true,
        complete: true,
        startedAt: '2026-03-01T11:00:00.000Z',
        durationS: 120,
        meterStartWh: 1000,
        meterStopWh: 4500,
        energyWh: 3500,
        reason: 'Local',
      },
    });
    expect(one.state.open).toEqual([]);
    expect(one.state.ended).toMatchObject([{ id: 'tx', key, seen: [[0, 2]], startSeqNo: 0, endSeqNo: 2 }]);
  });
});

describe('the answer to TransactionEvent', () => {
  it.each([
    ['GOOD', 'Accepted'],
    ['BAD', 'Blocked'],
    ['NOBODY', 'Invalid'],
  ])('carries the verdict on token %s: %s', (idToken, status) => {
    const decision = send(
      charger('2.0.1'),
      'TransactionEvent',
      message(0, 'Started', { idToken: { idToken, type: 'eMAID' } }),
    );
    expect(payloadOf(decision)).toEqual({ idTokenInfo: { status } });
    expect(decision.events[0]?.data).toMatchObject({ idToken, authorization: status });
  });

  it('carries none where there is no token', () => {
    expect(payloadOf(send(charger('2.0.1'), 'TransactionEvent', message(0, 'Started')))).toEqual({});
  });
});

describe('an event sent again', () => {
  it.each<[string, Json[], Json]>([
    ['Started', [START], START],
    ['Updated', [START, message(1, 'Updated')], message(1, 'Updated')],
    ['Updated, after the end', [START, message(1, 'Updated'), message(2, 'Ended')], message(1, 'Updated')],
    ['Started, after the end', [START, message(1, 'Ended')], START],
    ['Ended', [START, message(1, 'Ended')], message(1, 'Ended')],
    ['Updated with other content', [START, message(1, 'Updated')], message(1, 'Updated', { offline: true })],
  ])('is answered and not recorded: %s', (_name, history, again) => {
    const one = after(...history);
    const before = one.state;
    const decision = send(one, 'TransactionEvent', again);
    expect(decision).toMatchObject({ duplicate: true, conflict: false, events: [], answer: { kind: 'result' } });
    expect(decision.state).toBe(before);
  });

  it('still gets its verdict', () => {
    expect(payloadOf(send(after(START), 'TransactionEvent', START))).toEqual({ idTokenInfo: { status: 'Accepted' } });
  });

  it('as another type under the number of Started is a duplicate worth a log line', () => {
    expect(send(after(START), 'TransactionEvent', message(0, 'Updated'))).toMatchObject({
      duplicate: true,
      conflict: true,
    });
  });

  it('is never an end: a station that counts wrongly does not lose it', () => {
    const one = after(START, message(1, 'Updated'));
    const key = one.state.open[0]?.key;
    expect(event(one, message(1, 'Ended'))).toMatchObject({ id: `tx:${key}:1:Ended`, kind: 'transaction.ended' });
    expect(one.state.open).toEqual([]);
    expect(send(one, 'TransactionEvent', message(1, 'Ended')).duplicate).toBe(true);
  });

  it('is never a start nobody saw', () => {
    const one = after(message(0, 'Updated'));
    expect(event(one, message(0, 'Started'))?.id).toMatch(/:0:Started$/);
    expect(send(one, 'TransactionEvent', message(0, 'Started')).duplicate).toBe(true);
  });
});

describe('an event out of order', () => {
  it('opens a transaction nobody saw start', () => {
    const one = charger('2.0.1');
    const updated = event(one, message(3, 'Updated', { offline: true, ...EVSE }));
    expect(updated).toMatchObject({ kind: 'transaction.updated', data: { implicit: true, offline: true, evseId: 2 } });
    expect(one.state.open).toMatchObject([{ id: 'tx', seen: [[3, 3]] }]);
  });

  it('brings the start after all', () => {
    const one = after(message(3, 'Updated'));
    const key = one.state.open[0]?.key;
    expect(event(one, START)).toMatchObject({ id: `tx:${key}:0`, kind: 'transaction.started', data: { late: true } });
    expect(one.state.open).toMatchObject([
      {
        startedAt: '2026-03-01T11:00:00.000Z',
        idToken: 'GOOD',
        meterStartWh: 1000,
        evseId: 2,
        seen: [
          [0, 0],
          [3, 3],
        ],
      },
    ]);
    const ended = event(one, message(4, 'Ended', register(2000)));
    expect(ended?.data).toMatchObject({ complete: false, energyWh: 1000 });
    expect(event(one, message(1, 'Updated'))?.data).toMatchObject({ late: true, afterEnd: true, complete: false });
    expect(event(one, message(2, 'Updated'))?.data).toMatchObject({ late: true, afterEnd: true, complete: true });
  });

  it('that ends what nobody saw is recorded as an end without a beginning', () => {
    const one = charger('2.0.1');
    const ended = event(one, message(7, 'Ended', register(10)));
    expect(ended).toMatchObject({
      kind: 'transaction.ended',
      data: { matched: false, implicit: true, complete: false, meterStopWh: 10 },
    });
    expect(ended?.data).not.toHaveProperty('durationS');
    expect(ended?.data).not.toHaveProperty('energyWh');
    expect(one.state.open).toEqual([]);
  });

  it('after the end is recorded and reopens nothing', () => {
    const one = after(START, message(2, 'Ended'));
    expect(event(one, message(1, 'Updated'))).toMatchObject({
      kind: 'transaction.updated',
      data: { afterEnd: true, complete: true },
    });
    expect(event(one, message(9, 'Updated'))?.data).toMatchObject({ afterEnd: true });
    expect(one.state.open).toEqual([]);
    expect(one.state.ended).toHaveLength(1);
  });

  it('may count on from another transaction', () => {
    const one = after(message(40, 'Started'), message(41, 'Updated'));
    expect(event(one, message(42, 'Ended'))?.data).toMatchObject({ complete: true });
  });
});

describe('what a transaction remembers', () => {
  it('takes token and place from the first event that has them', () => {
    const one = after(message(0, 'Started'), message(1, 'Updated', { ...TOKEN, ...EVSE }));
    send(
      one,
      'TransactionEvent',
      message(2, 'Updated', { idToken: { idToken: 'BAD', type: 'ISO14443' }, evse: { id: 9 } }),
    );
    expect(one.state.open).toMatchObject([{ idToken: 'GOOD', evseId: 2, connectorId: 1 }]);
  });

  it('keeps no name for a start button', () => {
    const one = after(message(0, 'Started', { idToken: { idToken: '', type: 'NoAuthorization' } }));
    expect(one.state.open[0]?.idToken).toBe('');
    expect(one.events[0]?.data).toMatchObject({
      idToken: '',
      idTokenType: 'NoAuthorization',
      authorization: 'Accepted',
    });
  });

  it('takes the first register of Started where none is marked as the beginning', () => {
    expect(after(message(0, 'Started', register(77))).state.open[0]?.meterStartWh).toBe(77);
    expect(after(message(0, 'Updated', register(77))).state.open[0]?.meterStartWh).toBeUndefined();
  });

  it('finds the beginning among the values of the end', () => {
    const values = {
      meterValue: [
        { timestamp: NOW, sampledValue: [{ value: 100.1, context: 'Transaction.Begin' }] },
        { timestamp: NOW, sampledValue: [{ value: 100.4, context: 'Transaction.End' }] },
      ],
    };
    const one = after(message(0, 'Started'));
    expect(event(one, message(1, 'Ended', values))?.data).toMatchObject({
      meterStartWh: 100.1,
      meterStopWh: 100.4,
      energyWh: 0.3,
    });
  });

  it('claims no energy from a register that went back', () => {
    const data = event(after(START), message(1, 'Ended', register(10)))?.data;
    expect(data).toMatchObject({ meterWentBack: true });
    expect(data).not.toHaveProperty('energyWh');
  });

  it('stays bounded, and what is pushed out is still ended under its key', () => {
    const one = charger('2.0.1');
    const of = (id: string, seqNo: number, type: 'Started' | 'Ended') =>
      message(seqNo, type, { transactionInfo: { transactionId: id } });
    for (let i = 0; i <= STATE_LIMITS.openMax; i++) send(one, 'TransactionEvent', of(`t${i}`, 0, 'Started'));
    expect(one.state.open).toHaveLength(STATE_LIMITS.openMax);
    const key = one.events[0]?.data['transactionKey'];
    const ended = event(one, of('t0', 1, 'Ended'));
    expect(ended).toMatchObject({ id: `tx:${String(key)}:1`, data: { matched: true, complete: true } });
    expect(send(one, 'TransactionEvent', of('t0', 1, 'Ended')).duplicate).toBe(true);
    expect(send(one, 'TransactionEvent', of('t0', 0, 'Started')).duplicate).toBe(true);
  });

  it('is not mistaken for a 1.6 transaction of the same number', () => {
    const one = charger('1.6');
    send(one, 'StartTransaction', { connectorId: 1, idTag: 'GOOD', meterStart: 0, timestamp: NOW });
    one.version = '2.0.1';
    const update = message(0, 'Updated', { transactionInfo: { transactionId: '1000001' } });
    expect(event(one, update)?.data).toMatchObject({ implicit: true });
    expect(one.state.open).toHaveLength(2);
  });
});

describe('what an event tells', () => {
  it('has everything the station said about circumstances', () => {
    const one = charger('2.1');
    const data = event(
      one,
      message(0, 'Started', {
        offline: true,
        numberOfPhasesUsed: 3,
        cableMaxCurrent: 32,
        reservationId: 5,
        preconditioningStatus: 'Ready',
        evseSleep: false,
        transactionInfo: {
          timeSpentCharging: 9,
          remoteStartId: 8,
          operationMode: 'ChargingOnly',
          tariffId: 't',
          transactionLimit: { maxCost: 5 },
        },
      }),
    )?.data;
    expect(data).toMatchObject({
      offline: true,
      numberOfPhasesUsed: 3,
      cableMaxCurrentA: 32,
      reservationId: 5,
      preconditioningStatus: 'Ready',
      evseSleep: false,
      timeSpentChargingS: 9,
      remoteStartId: 8,
      operationMode: 'ChargingOnly',
      tariffId: 't',
      transactionLimit: { maxCost: 5 },
    });
  });

  it('has no reservation 0, no online flag, and the reason of the end', () => {
    const one = after(START);
    const data = event(
      one,
      message(1, 'Ended', { offline: false, reservationId: 0, transactionInfo: { stoppedReason: 'EVDisconnected' } }),
    )?.data;
    expect(data).toMatchObject({ reason: 'EVDisconnected' });
    expect(data).not.toHaveProperty('reservationId');
    expect(data).not.toHaveProperty('offline');
  });

  it('has a bounded number of samples and says when it was cut', () => {
    const sampledValue = Array.from({ length: 3000 }, (_, i) => ({ value: i }));
    const data = event(after(START), message(1, 'Ended', { meterValue: [{ timestamp: NOW, sampledValue }] }))?.data;
    expect(data).toMatchObject({ readingsCut: true, meterStopWh: 2999 });
    expect(JSON.stringify(data).length).toBeLessThan(200_000);
  });
});
