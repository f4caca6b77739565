/** 1.6 StatusNotification (§4.9); connector 0 is the charger itself. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { connectorStatus } from '../../domain/connectors.ts';
import type { Handler } from '../handler.ts';

/** Handler of StatusNotification in 1.6. */
export const statusNotification: Handler<
  RequestOf<'1.6', 'StatusNotification'>,
  ResponseOf<'1.6', 'StatusNotification'>
> = {
  decide: (request, context) =>
    connectorStatus(
      {
        evseId: undefined,
        connectorId: request.connectorId,
        status: request.status,
        timestamp: request.timestamp,
        errorCode: request.errorCode,
        info: request.info,
        vendorId: request.vendorId,
        vendorErrorCode: request.vendorErrorCode,
      },
      context,
    ),
};
