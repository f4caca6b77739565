/** VatNumberValidation (2.1 C): nobody here can look a VAT number up: Rejected, with the number it was asked about. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of VatNumberValidation in 2.1. */
export const vatNumberValidation: Handler<
  RequestOf<'2.1', 'VatNumberValidation'>,
  ResponseOf<'2.1', 'VatNumberValidation'>
> = {
  decide: ({ vatNumber, evseId }) => {
    const refused = { status: 'Rejected', statusInfo: { reasonCode: 'NotEnabled' }, vatNumber } as const;
    return answered(evseId === undefined ? refused : { ...refused, evseId });
  },
};
