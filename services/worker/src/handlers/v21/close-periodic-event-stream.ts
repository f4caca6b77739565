/** ClosePeriodicEventStream (2.1 N): a stream ends. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, received } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of ClosePeriodicEventStream in 2.1. */
export const closePeriodicEventStream: Handler<
  RequestOf<'2.1', 'ClosePeriodicEventStream'>,
  ResponseOf<'2.1', 'ClosePeriodicEventStream'>
> = {
  decide: ({ id }, context) => noted(received('stream.closed', { streamId: id }, context)),
};
