/** Files with authorities: certificates and nothing else. */
import { X509Certificate } from 'node:crypto';
import { type Fault, strange } from './fault';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

const isCertificate = (text: string): boolean => {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
};

/** Whether a text holds certificates alone; a private key beside them would be no secret any more. */
export function certificateFaults(text: string): Fault[] {
  const found = text.match(CERTIFICATE) ?? [];
  const rest = text.replace(CERTIFICATE, '').trim();
  return found.length > 0 && rest === '' && found.every(isCertificate)
    ? []
    : [strange('', 'the text is no list of certificates', 'write certificates in PEM, and nothing else')];
}
