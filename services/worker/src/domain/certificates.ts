/**
 * Certificate questions of chargers. There is no certificate authority and no OCSP client behind the broker, so each gets the
 * honest refusal of its kind; a signing request is made known to backends.
 */
import { isoTime } from '@voltlane/time';
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import type { StatusInfo } from './progress-reports.ts';
import { answered, received } from './status-events.ts';

/** Why certificate questions are refused, in the words of 2.x (reasonCode ≤ 20 characters). */
export const NO_CERTIFICATE_AUTHORITY: StatusInfo & { reasonCode: string } = { reasonCode: 'NotEnabled' };

/** SignCertificate of 2.x; the request itself stays in the source. */
export interface SigningRequest {
  readonly certificateType?: string | undefined;
  /** 2.1. */
  readonly requestId?: number | undefined;
}

/** Refuses a signing request and tells it to backends. */
export function refuseSigning<Answer extends { readonly status: 'Rejected' }>(
  request: SigningRequest,
  answer: Answer,
  context: DecisionContext,
): Decision<Answer> {
  const data = { certificateType: request.certificateType, requestId: request.requestId, status: answer.status };
  return answered(answer, received('certificate.signingRequested', data, context));
}

/** A certificate whose status is asked for (2.1 GetCertificateChainStatus). */
export interface CertificateQuestion {
  readonly certificateHashData: {
    readonly hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512';
    readonly issuerNameHash: string;
    readonly issuerKeyHash: string;
    readonly serialNumber: string;
  };
  readonly source: 'CRL' | 'OCSP';
}

/** The answer to one question. */
export interface CertificateVerdict extends CertificateQuestion {
  readonly status: 'Failed';
  readonly nextUpdate: string;
}

/** "Could not be found out" for each certificate; worth asking again at once. */
export function unknownStatus(questions: readonly CertificateQuestion[], nowMs: number): CertificateVerdict[] {
  return questions.map(({ certificateHashData: hash, source }) => ({
    certificateHashData: {
      hashAlgorithm: hash.hashAlgorithm,
      issuerNameHash: hash.issuerNameHash,
      issuerKeyHash: hash.issuerKeyHash,
      serialNumber: hash.serialNumber,
    },
    source,
    status: 'Failed',
    nextUpdate: isoTime(nowMs),
  }));
}
