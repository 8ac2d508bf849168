/** What a failed connection means and what to do about it. */
import { type AirlockError, environmentFailed } from '../../core/errors';
import { isTlsCode, rootSystemCode, TLS_TRUST } from '../../core/system-errors';
import { upstreamName } from './upstream-names';

/** How a transport error is handled: tried again as usual, only a few times, or not at all. */
export type TransportFailure = 'transient' | 'unreachable' | 'permanent';

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

export function classifyTransportError(error: unknown): TransportFailure {
  const code = rootSystemCode(error) ?? '';
  if (UNREACHABLE.has(code)) return 'unreachable';
  if (code === 'ENOTFOUND' || isTlsCode(code) || code === 'UND_ERR_INVALID_ARG') return 'permanent';
  return 'transient';
}

/** Whether an error says that a host which has answered before is out of reach for now; a wrong certificate does not. */
export const isOutage = (error: unknown): boolean =>
  OUTAGE.has(rootSystemCode(error) ?? '') || (error instanceof Error && PROXY_OUTAGE.test(error.message));

/** What failed, in words. */
export const transportReason = (error: unknown): string =>
  describe(rootSystemCode(error) ?? (error instanceof Error ? error.message : String(error)));

/**
 * The error a person sees when a host could not be talked to.
 *
 * @param names hosts for which `--upstream` would do something; any by default
 */
export function transportError(url: URL, error: unknown, attempts: number, names?: readonly string[]): AirlockError {
  const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
  const what = `cannot reach ${url.host}: ${transportReason(error)}${tried}`;
  const code = rootSystemCode(error) ?? '';
  const trouble = isTlsCode(code) ? 'UPSTREAM_UNTRUSTED' : 'UPSTREAM_UNREACHABLE';
  return environmentFailed(trouble, what, fixFor(code, url, names), error);
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

function fixFor(code: string, url: URL, names: readonly string[] | undefined): string {
  const name = upstreamName(url.host);
  const isTaken = names?.includes(name) ?? true;
  if (TLS_TRUST.has(code)) return 'pass the authority that signed it: --ca FILE (PEM), or set SSL_CERT_FILE';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' && isTaken)
    return `if it serves plain http, say so: --upstream ${name}=http://${url.host}`;
  if (isTlsCode(code)) return 'check the address and the certificate of the server, and the clock of this machine';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `check the spelling and the DNS of this machine; behind a proxy set HTTPS_PROXY${isTaken ? `; for a local copy pass --upstream ${name}=URL` : ''}`;
  if (code === 'ECONNREFUSED') return 'check address and port, and that the server runs';
  return 'check network and proxy (HTTPS_PROXY, NO_PROXY), then run the command again: finished work is kept';
}
