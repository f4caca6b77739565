/** 1.6 SignCertificate (security whitepaper). There is no CA behind the broker: the request is refused and made known. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { refuseSigning } from '../../domain/certificates.ts';
import type { Handler } from '../handler.ts';

/** Handler of SignCertificate in 1.6. */
export const signCertificate: Handler<RequestOf<'1.6', 'SignCertificate'>, ResponseOf<'1.6', 'SignCertificate'>> = {
  decide: (_request, context) => refuseSigning({}, { status: 'Rejected' }, context),
};
