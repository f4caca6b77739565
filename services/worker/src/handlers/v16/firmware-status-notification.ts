/** 1.6 FirmwareStatusNotification (§4.5): how the update asked for by UpdateFirmware goes. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, received } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of FirmwareStatusNotification in 1.6. */
export const firmwareStatusNotification: Handler<
  RequestOf<'1.6', 'FirmwareStatusNotification'>,
  ResponseOf<'1.6', 'FirmwareStatusNotification'>
> = {
  decide: (request, context) => noted(context, received('firmware.status', { status: request.status, signed: false }, context)),
};
