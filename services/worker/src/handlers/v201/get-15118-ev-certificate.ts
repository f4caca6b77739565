/** Get15118EVCertificate (2.x M01): a contract certificate for the car. Nobody here can issue one. */
import { NO_CERTIFICATE_AUTHORITY } from '../../domain/certificates.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of Get15118EVCertificate in 2.0.1 and 2.1. */
export const get15118EVCertificate: Handler<Request2x<'Get15118EVCertificate'>, Response2x<'Get15118EVCertificate'>> = {
  decide: () => answered({ status: 'Failed', statusInfo: NO_CERTIFICATE_AUTHORITY, exiResponse: '' }),
};
