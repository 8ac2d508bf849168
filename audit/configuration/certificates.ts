/** Files with authorities: certificates and nothing else. */
import { type Fault, strange } from './fault';

/** RFC 7468, sections 3 and 5. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/;

/** Whether a text holds certificates alone; a private key beside them would be no secret any more. */
export const certificateFaults = (text: string): Fault[] =>
  CERTIFICATE.test(text) && text.replaceAll(new RegExp(CERTIFICATE, 'g'), '').trim() === ''
    ? []
    : [strange('', 'the text is no list of certificates', 'write certificates in PEM, and nothing else')];
