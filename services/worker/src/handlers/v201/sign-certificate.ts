/** SignCertificate (2.x A02): refused, nobody here signs, and made known. */
import { NO_CERTIFICATE_AUTHORITY, refuseSigning } from '../../domain/certificates.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of SignCertificate in 2.0.1 and 2.1. */
export const signCertificate: Handler<Request2x<'SignCertificate'>, Response2x<'SignCertificate'>> = {
  decide: (request, context) =>
    refuseSigning(request, { status: 'Rejected', statusInfo: NO_CERTIFICATE_AUTHORITY }, context),
};
