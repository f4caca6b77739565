/** GetCertificateStatus (2.x M06): an OCSP answer for the car. Nobody here asks OCSP responders. */
import { NO_CERTIFICATE_AUTHORITY } from '../../domain/certificates.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of GetCertificateStatus in 2.0.1 and 2.1. */
export const getCertificateStatus: Handler<Request2x<'GetCertificateStatus'>, Response2x<'GetCertificateStatus'>> = {
  decide: () => answered({ status: 'Failed', statusInfo: NO_CERTIFICATE_AUTHORITY }),
};
