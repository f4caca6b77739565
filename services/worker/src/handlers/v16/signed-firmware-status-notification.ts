/** 1.6 SignedFirmwareStatusNotification (security whitepaper): how the update asked for by SignedUpdateFirmware goes. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { firmwareProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';

/** Handler of SignedFirmwareStatusNotification in 1.6. */
export const signedFirmwareStatusNotification: Handler<
  RequestOf<'1.6', 'SignedFirmwareStatusNotification'>,
  ResponseOf<'1.6', 'SignedFirmwareStatusNotification'>
> = {
  decide: (request, context) => firmwareProgress(request, true, context),
};
