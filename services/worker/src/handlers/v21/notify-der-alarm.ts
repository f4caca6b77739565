/** NotifyDERAlarm (2.1 R): the grid disturbs an inverter, or no longer does. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, reported } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifyDERAlarm in 2.1. */
export const notifyDERAlarm: Handler<RequestOf<'2.1', 'NotifyDERAlarm'>, ResponseOf<'2.1', 'NotifyDERAlarm'>> = {
  decide: ({ controlType, gridEventFault, alarmEnded, extraInfo, timestamp }, context) => {
    const data = { controlType, gridEventFault, alarmEnded: alarmEnded === true, extraInfo };
    return noted(reported('der.alarm', timestamp, data, context));
  },
};
