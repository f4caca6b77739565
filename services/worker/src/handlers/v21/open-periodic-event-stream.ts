/** OpenPeriodicEventStream (2.1 N): a stream begins. Accepted: it was set up by one of our monitors, and its data is recorded. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { answered, received } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of OpenPeriodicEventStream in 2.1. */
export const openPeriodicEventStream: Handler<
  RequestOf<'2.1', 'OpenPeriodicEventStream'>,
  ResponseOf<'2.1', 'OpenPeriodicEventStream'>
> = {
  decide: ({ constantStreamData: stream }, context) => {
    const data = {
      streamId: stream.id,
      variableMonitoringId: stream.variableMonitoringId,
      intervalS: stream.params.interval,
      values: stream.params.values,
    };
    return answered({ status: 'Accepted' }, received('stream.opened', data, context));
  },
};
