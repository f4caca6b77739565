/** 1.6 FirmwareStatusNotification (§4.5): how the update asked for by UpdateFirmware goes. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { firmwareProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';

/** Handler of FirmwareStatusNotification in 1.6. */
export const firmwareStatusNotification: Handler<
  RequestOf<'1.6', 'FirmwareStatusNotification'>,
  ResponseOf<'1.6', 'FirmwareStatusNotification'>
> = {
  decide: (request, context) => firmwareProgress(request, false, context),
};
