/** GetCertificateChainStatus (2.1 M): the state of certificates. Nobody here asks OCSP responders. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { unknownStatus } from '../../domain/certificates.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of GetCertificateChainStatus in 2.1. */
export const getCertificateChainStatus: Handler<
  RequestOf<'2.1', 'GetCertificateChainStatus'>,
  ResponseOf<'2.1', 'GetCertificateChainStatus'>
> = {
  decide: (request, context) =>
    answered({ certificateStatus: unknownStatus(request.certificateStatusRequests, context.nowMs) }),
};
