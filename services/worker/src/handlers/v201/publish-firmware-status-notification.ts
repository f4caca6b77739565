/** PublishFirmwareStatusNotification (2.x L03): firmware offered by a local controller. */
import { publishProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of PublishFirmwareStatusNotification in 2.0.1 and 2.1. */
export const publishFirmwareStatusNotification: Handler<
  Request2x<'PublishFirmwareStatusNotification'>,
  Response2x<'PublishFirmwareStatusNotification'>
> = {
  decide: (request, context) => publishProgress(request, context),
};
