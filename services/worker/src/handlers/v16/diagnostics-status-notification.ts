/** 1.6 DiagnosticsStatusNotification (§4.4): how the upload asked for by GetDiagnostics goes. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { logProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';

/** Handler of DiagnosticsStatusNotification in 1.6. */
export const diagnosticsStatusNotification: Handler<
  RequestOf<'1.6', 'DiagnosticsStatusNotification'>,
  ResponseOf<'1.6', 'DiagnosticsStatusNotification'>
> = {
  decide: (request, context) => logProgress(request, 'diagnostics', context),
};
