/** 1.6 DataTransfer from the charger (§4.3). */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { transfer } from '../../domain/data-transfer.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of DataTransfer in 1.6. */
export const dataTransfer: Handler<RequestOf<'1.6', 'DataTransfer'>, ResponseOf<'1.6', 'DataTransfer'>> = {
  decide: (request, context) => {
    const { answer, event } = transfer(request, context);
    return answered(answer, event);
  },
};
