/** PullDynamicScheduleUpdate (2.1 K): asks for the next setpoint. No energy manager is behind the broker: Rejected. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of PullDynamicScheduleUpdate in 2.1. */
export const pullDynamicScheduleUpdate: Handler<
  RequestOf<'2.1', 'PullDynamicScheduleUpdate'>,
  ResponseOf<'2.1', 'PullDynamicScheduleUpdate'>
> = {
  decide: () => answered({ status: 'Rejected', statusInfo: { reasonCode: 'NotEnabled' } }),
};
