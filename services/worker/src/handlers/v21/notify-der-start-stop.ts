/** NotifyDERStartStop (2.1 R): an inverter control begins or ends. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, reported } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifyDERStartStop in 2.1. */
export const notifyDERStartStop: Handler<
  RequestOf<'2.1', 'NotifyDERStartStop'>,
  ResponseOf<'2.1', 'NotifyDERStartStop'>
> = {
  decide: ({ controlId, started, supersededIds, timestamp }, context) =>
    noted(reported('der.startStop', timestamp, { controlId, started, supersededIds }, context)),
};
