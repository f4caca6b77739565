/**
 * Owns the certificates that a CSMS has installed. Their hashes are made of the text, not of parsed X.509: enough for a
 * CSMS that installs, lists and deletes; a real chain check is not this package's business.
 */
import { createHash } from 'node:crypto';

/** Identifies an installed certificate. */
export interface CertificateHash {
  readonly hashAlgorithm: 'SHA256';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
}

/** An installed certificate. */
export interface InstalledCertificate {
  /** Use, as the version spells it. */
  readonly type: string;
  readonly hash: CertificateHash;
}

/** Most certificates that one charger keeps. */
export const CERTIFICATES_MAX = 10;

/** The certificates of one charger. */
export class Certificates {
  #installed: InstalledCertificate[] = [];

  /** Those of the given uses; all when none is given. */
  list(types: readonly string[]): readonly InstalledCertificate[] {
    return this.#installed.filter(({ type }) => types.length === 0 || types.includes(type));
  }

  /** Installs a PEM certificate. `Rejected`: not PEM; `Failed`: no room. */
  install(type: string, pem: string): 'Accepted' | 'Rejected' | 'Failed' {
    if (!isPem(pem)) return 'Rejected';
    const hash = hashOf(pem);
    const others = this.#installed.filter((one) => one.hash.serialNumber !== hash.serialNumber || one.type !== type);
    if (others.length >= CERTIFICATES_MAX) return 'Failed';
    this.#installed = [...others, { type, hash }];
    return 'Accepted';
  }

  /** Removes the certificate with this serial number. */
  remove(serialNumber: string): 'Accepted' | 'NotFound' {
    const before = this.#installed.length;
    this.#installed = this.#installed.filter(({ hash }) => hash.serialNumber !== serialNumber);
    return this.#installed.length < before ? 'Accepted' : 'NotFound';
  }
}

/** True for text that looks like a PEM certificate. */
export function isPem(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN CERTIFICATE-----');
}

/** A certificate signing request with the shape of one; its content is not signed. */
export const PLACEHOLDER_CSR =
  '-----BEGIN CERTIFICATE REQUEST-----\nVm9sdGxhbmUgdmlydHVhbCBjaGFyZ2Vy\n-----END CERTIFICATE REQUEST-----';

function hashOf(pem: string): CertificateHash {
  const digest = (part: string): string => createHash('sha256').update(part).update(pem).digest('hex');
  return {
    hashAlgorithm: 'SHA256',
    issuerNameHash: digest('name'),
    issuerKeyHash: digest('key'),
    serialNumber: digest('serial').slice(0, 20),
  };
}
