/** What Node, undici and the operating system throw, in the codes of the kit. */
import { AirlockError, type ErrorCode } from './errors';

/** The code of a system error, e.g. `ENOENT`; undefined for any other value, errors of the kit among them. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof AirlockError) return undefined;
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The same of an error or of what caused it; undici and AggregateError (several addresses tried) wrap the first. */
export function rootSystemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return systemCode(error) ?? rootSystemCode(cause) ?? rootSystemCode(first);
}

/** What a certificate is refused for whose authority is not known here. */
export const TLS_TRUST: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);
/** What else a certificate is refused for (Node, tls, "X509 certificate error codes"), and what Node calls a failed handshake. */
const TLS_REFUSED: ReadonlySet<string> = new Set([
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

/** Whether a code says that TLS or a certificate was refused. */
export const isTlsCode = (code: string): boolean =>
  TLS_TRUST.has(code) ||
  TLS_REFUSED.has(code) ||
  code.startsWith('CERT_') ||
  code.startsWith('ERR_TLS_') ||
  code.startsWith('ERR_SSL_');

/** errno(3), and undici's own. What is missing here is no failure of the environment, as far as anybody knows. */
const SYSTEM_CODES: ReadonlyMap<string, ErrorCode> = new Map(
  Object.entries<ErrorCode>({
    ENOENT: 'FILE_MISSING',
    ENOTDIR: 'FILE_MISSING',
    EISDIR: 'FILE_MISSING',
    ELOOP: 'FILE_MISSING',
    ENAMETOOLONG: 'FILE_MISSING',
    EEXIST: 'OUTPUT_EXISTS',
    ENOTEMPTY: 'OUTPUT_EXISTS',
    EACCES: 'PERMISSION_DENIED',
    EPERM: 'PERMISSION_DENIED',
    EIO: 'FILE_UNREADABLE',
    ESTALE: 'FILE_UNREADABLE',
    EROFS: 'OUTPUT_UNWRITABLE',
    EBUSY: 'OUTPUT_UNWRITABLE',
    ENOSPC: 'DISK_FULL',
    EDQUOT: 'DISK_FULL',
    EFBIG: 'DISK_FULL',
    EMFILE: 'SYSTEM_LIMIT_REACHED',
    ENFILE: 'SYSTEM_LIMIT_REACHED',
    ENOMEM: 'SYSTEM_LIMIT_REACHED',
    EAGAIN: 'SYSTEM_LIMIT_REACHED',
    EADDRINUSE: 'MIRROR_CANNOT_LISTEN',
    EADDRNOTAVAIL: 'MIRROR_CANNOT_LISTEN',
    ECONNREFUSED: 'UPSTREAM_UNREACHABLE',
    ECONNRESET: 'UPSTREAM_UNREACHABLE',
    EPIPE: 'UPSTREAM_UNREACHABLE',
    ECONNABORTED: 'UPSTREAM_UNREACHABLE',
    ETIMEDOUT: 'UPSTREAM_UNREACHABLE',
    EHOSTUNREACH: 'UPSTREAM_UNREACHABLE',
    EHOSTDOWN: 'UPSTREAM_UNREACHABLE',
    ENETUNREACH: 'UPSTREAM_UNREACHABLE',
    ENETDOWN: 'UPSTREAM_UNREACHABLE',
    ENETRESET: 'UPSTREAM_UNREACHABLE',
    ENOTFOUND: 'UPSTREAM_UNREACHABLE',
    EAI_AGAIN: 'UPSTREAM_UNREACHABLE',
    UND_ERR_CONNECT_TIMEOUT: 'UPSTREAM_UNREACHABLE',
    UND_ERR_HEADERS_TIMEOUT: 'UPSTREAM_UNREACHABLE',
    UND_ERR_BODY_TIMEOUT: 'UPSTREAM_UNREACHABLE',
    UND_ERR_SOCKET: 'UPSTREAM_UNREACHABLE',
  }),
);

/** The code of the kit for what was thrown; INTERNAL for what nobody foresaw. */
export function errorCodeOf(error: unknown): ErrorCode {
  if (error instanceof AirlockError) return error.code;
  const code = rootSystemCode(error);
  if (code === undefined) return 'INTERNAL';
  return isTlsCode(code) ? 'UPSTREAM_UNTRUSTED' : (SYSTEM_CODES.get(code) ?? 'INTERNAL');
}

/** Whatever was thrown, as an error of the kit; one of ours unchanged. */
export function asAirlockError(error: unknown): AirlockError {
  if (error instanceof AirlockError) return error;
  return new AirlockError(errorCodeOf(error), error instanceof Error ? error.message : String(error), { cause: error });
}
