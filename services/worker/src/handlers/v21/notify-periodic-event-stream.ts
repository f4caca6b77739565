/** NotifyPeriodicEventStream (2.1 N), a SEND: data of a stream, to the telemetry. The schema is followed, not the example of Part 4. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { streamData } from '../../domain/streams.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifyPeriodicEventStream in 2.1. */
export const notifyPeriodicEventStream: Handler<
  RequestOf<'2.1', 'NotifyPeriodicEventStream'>,
  ResponseOf<'2.1', 'NotifyPeriodicEventStream'>
> = {
  decide: (request, context) => streamData(request, context),
};
