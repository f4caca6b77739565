/** FirmwareStatusNotification (2.x L01): how an update goes. */
import { firmwareProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of FirmwareStatusNotification in 2.0.1 and 2.1. */
export const firmwareStatusNotification: Handler<
  Request2x<'FirmwareStatusNotification'>,
  Response2x<'FirmwareStatusNotification'>
> = {
  decide: (request, context) => firmwareProgress(request, true, context),
};
