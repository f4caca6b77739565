/** DataTransfer from the station (2.x P02). */
import { transfer } from '../../domain/data-transfer.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of DataTransfer in 2.0.1 and 2.1. */
export const dataTransfer: Handler<Request2x<'DataTransfer'>, Response2x<'DataTransfer'>> = {
  decide: (request, context) => {
    const { answer, event } = transfer(request, context);
    return answered(answer, event);
  },
};
