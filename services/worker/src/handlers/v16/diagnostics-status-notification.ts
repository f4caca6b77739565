/** 1.6 DiagnosticsStatusNotification (§4.4): how the upload asked for by GetDiagnostics goes. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, received } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of DiagnosticsStatusNotification in 1.6. */
export const diagnosticsStatusNotification: Handler<
  RequestOf<'1.6', 'DiagnosticsStatusNotification'>,
  ResponseOf<'1.6', 'DiagnosticsStatusNotification'>
> = {
  decide: (request, context) => noted(context, received('log.status', { source: 'diagnostics', status: request.status }, context)),
};
