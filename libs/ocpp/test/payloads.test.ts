import { describe, expectTypeOf, it } from 'vitest';
import type { Payloads } from '../generated/payloads.js';
import type { ActionOf, ChargerActionOf, CsmsActionOf, OcppVersion, RequestOf, ResponseOf } from '../src/index.ts';

// Checked by the compiler (npm run check); at run time these assertions do nothing.
describe('payload types', () => {
  it('narrow by version and action, request and response', () => {
    expectTypeOf<RequestOf<'1.6', 'Authorize'>>().toEqualTypeOf<{ idTag: string }>();
    expectTypeOf<RequestOf<'2.0.1', 'BootNotification'>['chargingStation']['model']>().toEqualTypeOf<string>();
    expectTypeOf<ResponseOf<'1.6', 'StartTransaction'>['transactionId']>().toEqualTypeOf<number>();
    expectTypeOf<ResponseOf<'1.6', 'Reset'>['status']>().toEqualTypeOf<'Accepted' | 'Rejected'>();
    expectTypeOf<RequestOf<'2.1', 'NotifyPeriodicEventStream'>['id']>().toEqualTypeOf<number>();
    expectTypeOf<ResponseOf<'2.1', 'NotifyPeriodicEventStream'>>().toEqualTypeOf<never>();
  });

  it('exist for every action of the tables and for no other', () => {
    expectTypeOf<ActionOf<'1.6'>>().toEqualTypeOf<keyof Payloads['1.6']>();
    expectTypeOf<ActionOf<'2.0.1'>>().toEqualTypeOf<keyof Payloads['2.0.1']>();
    expectTypeOf<ActionOf<'2.1'>>().toEqualTypeOf<keyof Payloads['2.1']>();
    expectTypeOf<keyof Payloads>().toEqualTypeOf<OcppVersion>();
  });

  it('know who sends what', () => {
    expectTypeOf<'TransactionEvent'>().toExtend<ChargerActionOf<'2.0.1'>>();
    expectTypeOf<'TransactionEvent'>().not.toExtend<CsmsActionOf<'2.0.1'>>();
    expectTypeOf<ChargerActionOf<'1.6'> & CsmsActionOf<'1.6'>>().toEqualTypeOf<'DataTransfer'>();
    expectTypeOf<'StartTransaction'>().not.toExtend<ActionOf<'2.1'>>();
  });
});
