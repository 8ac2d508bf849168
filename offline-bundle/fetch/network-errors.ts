/** What a failed connection means and what to do about it. */
import { type AirlockError, environmentFailed } from '../../core/errors';

/** How a transport error is handled: tried again as usual, only a few times, or not at all. */
export type TransportFailure = 'transient' | 'unreachable' | 'permanent';

const TLS_TRUST = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);
/** What else a certificate is refused for (Node, tls, "X509 certificate error codes"), and what Node calls a failed handshake. */
const TLS_REFUSED = new Set([
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CRL_SIGNATURE_FAILURE',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'UNSPECIFIED',
  'EPROTO',
]);
const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'],
  // Ten seconds each: a firewall that drops packets looks like this.
  ...['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'],
]);

/** What a router, a proxy, a DNS server or a host looks like that is away for a while. */
const OUTAGE = new Set([
  ...UNREACHABLE,
  'ENOTFOUND',
  'ENETDOWN',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
/** undici's error, without a code of its own, for a proxy that cannot reach the host. */
const PROXY_OUTAGE = /Proxy response \(50[234]\)/;

/** Code of an error or of what caused it; undici and AggregateError (several addresses tried) wrap the first. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const own = typeof code === 'string' ? code : undefined;
  return own ?? errorCode(cause) ?? errorCode(first);
}

const isTls = (code: string): boolean =>
  TLS_TRUST.has(code) ||
  TLS_REFUSED.has(code) ||
  code.startsWith('CERT_') ||
  code.startsWith('ERR_TLS_') ||
  code.startsWith('ERR_SSL_');

export function classifyTransportError(error: unknown): TransportFailure {
  const code = errorCode(error) ?? '';
  if (UNREACHABLE.has(code)) return 'unreachable';
  if (code === 'ENOTFOUND' || isTls(code) || code === 'UND_ERR_INVALID_ARG') return 'permanent';
  return 'transient';
}

/** Whether an error says that a host which has answered before is out of reach for now; a wrong certificate does not. */
export const isOutage = (error: unknown): boolean =>
  OUTAGE.has(errorCode(error) ?? '') || (error instanceof Error && PROXY_OUTAGE.test(error.message));

/** What failed, in words. */
export const transportReason = (error: unknown): string =>
  describe(errorCode(error) ?? (error instanceof Error ? error.message : String(error)));

/** The error a person sees when a host could not be talked to. */
export function transportError(url: URL, error: unknown, attempts: number): AirlockError {
  const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
  const what = `cannot reach ${url.host}: ${transportReason(error)}${tried}`;
  return environmentFailed(what, fixFor(errorCode(error) ?? '', url), error);
}

function describe(code: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name is not known to DNS (${code})`;
  if (code === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)';
  if (TLS_TRUST.has(code)) return `its certificate is signed by an authority that is not trusted here (${code})`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired (CERT_HAS_EXPIRED)';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for another name (${code})`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'it does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)';
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return `it does not answer in time (${code})`;
  if (/ECONNRESET|UND_ERR_SOCKET|EPIPE/.test(code)) return `the connection breaks off (${code})`;
  return code;
}

function fixFor(code: string, url: URL): string {
  if (TLS_TRUST.has(code)) return 'pass the authority that signed it: --ca FILE (PEM), or set SSL_CERT_FILE';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return `if it serves plain http, say so: --upstream ${url.host}=http://${url.host}`;
  if (isTls(code)) return 'check the address and the certificate of the server, and the clock of this machine';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `check the spelling and the DNS of this machine; behind a proxy set HTTPS_PROXY; for a local copy pass --upstream ${url.hostname}=URL`;
  if (code === 'ECONNREFUSED') return 'check address and port, and that the server runs';
  return 'check network and proxy (HTTPS_PROXY, NO_PROXY), then run the command again: finished work is kept';
}
