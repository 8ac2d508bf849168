import { constants } from 'node:os';
import { errors as undiciErrors } from 'undici';
import { ERROR_CODES } from '../../core/error-codes';
import { AirlockError } from '../../core/errors';
import {
  asAirlockError,
  errorCodeOf,
  isTlsCode,
  rootSystemCode,
  systemCode,
  TLS_TRUST,
} from '../../core/system-errors';

const systemError = (code: string): Error => Object.assign(new Error(`${code}: failed`), { code });

describe('what is not of the kit', () => {
  it.each([
    ['ENOENT', 'FILE_MISSING'],
    ['EACCES', 'PERMISSION_DENIED'],
    ['ENOSPC', 'DISK_FULL'],
    ['EROFS', 'OUTPUT_UNWRITABLE'],
    ['EMFILE', 'SYSTEM_LIMIT_REACHED'],
    ['ECONNREFUSED', 'UPSTREAM_UNREACHABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', 'UPSTREAM_UNREACHABLE'],
    ['CERT_HAS_EXPIRED', 'UPSTREAM_UNTRUSTED'],
    ['ERR_INVALID_ARG_TYPE', 'INTERNAL'],
    ['constructor', 'INTERNAL'],
  ])('%s is %s', (thrown, code) => {
    expect(errorCodeOf(systemError(thrown))).toBe(code);
    expect(errorCodeOf(new TypeError('fetch failed', { cause: systemError(thrown) }))).toBe(code);
    expect(errorCodeOf(new AggregateError([systemError(thrown)]))).toBe(code);
  });

  it.each([
    ['a fault of the code', new TypeError('x is not a function')],
    ['a text', 'a text'],
    ['nothing', undefined],
    ['null', null],
    ['a code that is a number', { code: 7 }],
  ])('%s is a fault of Airlock', (_what, thrown) => {
    expect(errorCodeOf(thrown)).toBe('INTERNAL');
    expect([systemCode(thrown), rootSystemCode(thrown)]).toEqual([undefined, undefined]);
  });

  it('keeps the code that the kit gave, whatever caused it', () => {
    const ours = new AirlockError('STORE_LOCKED', 'busy', { cause: systemError('ENOSPC') });
    expect(errorCodeOf(ours)).toBe('STORE_LOCKED');
    expect(systemCode(ours)).toBeUndefined();
    expect(asAirlockError(ours)).toBe(ours);
  });

  it('becomes an error of the kit with its words, and what was thrown as its cause', () => {
    const thrown = systemError('ENOSPC');
    expect(asAirlockError(thrown)).toMatchObject({ code: 'DISK_FULL', message: 'ENOSPC: failed', cause: thrown });
    expect(asAirlockError('a text')).toMatchObject({ code: 'INTERNAL', message: 'a text', cause: 'a text' });
  });

  it('is what was thrown before what caused it, and of several tries the first', () => {
    const caused = Object.assign(systemError('EACCES'), { cause: systemError('ENOSPC') });
    expect(rootSystemCode(caused)).toBe('EACCES');
    expect(rootSystemCode(new AggregateError([systemError('EHOSTUNREACH'), systemError('ENOSPC')]))).toBe(
      'EHOSTUNREACH',
    );
    expect(rootSystemCode(new AggregateError([]))).toBeUndefined();
  });
});

/** errno(3), as this system knows them. */
const ERRNO = Object.keys(constants.errno);
/** Those that Node has no errno for: getaddrinfo(3), as libuv calls what it says. */
const OF_NAMES = ['ENOTFOUND', 'EAI_AGAIN'];
type UndiciError = new (message: string, status: number, answer: object) => Error & { readonly code?: unknown };

/** All that undici throws. */
const UNDICI = Object.values(undiciErrors)
  .map((type) => String(new (type as unknown as UndiciError)('failed', 500, { headers: {}, data: '' }).code))
  .filter((code) => code.startsWith('UND_ERR_'));

describe('codes of the system', () => {
  it.each([...ERRNO, ...OF_NAMES, ...UNDICI])('%s has a code of the kit', (code) => {
    expect(Object.keys(ERROR_CODES)).toContain(errorCodeOf(systemError(code)));
  });

  it.each([
    [['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'], 'FILE_MISSING'],
    [['ENOSPC', 'EDQUOT', 'EFBIG'], 'DISK_FULL'],
    [['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'], 'SYSTEM_LIMIT_REACHED'],
    [['EADDRINUSE', 'EADDRNOTAVAIL'], 'MIRROR_CANNOT_LISTEN'],
    [
      ERRNO.filter((code) => /^E(CONN|HOST|NET)(REFUSED|RESET|ABORTED|UNREACH|DOWN)$/.test(code)),
      'UPSTREAM_UNREACHABLE',
    ],
    [['EPIPE', 'ETIMEDOUT', 'EHOSTDOWN', ...OF_NAMES], 'UPSTREAM_UNREACHABLE'],
    [UNDICI.filter((code) => /(TIMEOUT|SOCKET)$/.test(code)), 'UPSTREAM_UNREACHABLE'],
  ])('%j are failures of the environment: %s', (codes, expected) => {
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect([code, errorCodeOf(systemError(code))]).toEqual([code, expected]);
  });
});

/** Node.js, tls, "X509 certificate error codes"; those of an authority that is not known here come first. */
const TRUST = [
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_UNTRUSTED'],
];
const REFUSED = [
  ...['UNABLE_TO_GET_CRL', 'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'UNABLE_TO_DECRYPT_CRL_SIGNATURE'],
  ...['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'CERT_SIGNATURE_FAILURE', 'CRL_SIGNATURE_FAILURE', 'CERT_NOT_YET_VALID'],
  ...['CERT_HAS_EXPIRED', 'CRL_NOT_YET_VALID', 'CRL_HAS_EXPIRED', 'ERROR_IN_CERT_NOT_BEFORE_FIELD'],
  ...['ERROR_IN_CERT_NOT_AFTER_FIELD', 'ERROR_IN_CRL_LAST_UPDATE_FIELD', 'ERROR_IN_CRL_NEXT_UPDATE_FIELD'],
  ...['CERT_CHAIN_TOO_LONG', 'CERT_REVOKED', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'INVALID_PURPOSE'],
  ...[
    'CERT_REJECTED',
    'HOSTNAME_MISMATCH',
    'UNSPECIFIED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ],
  // An alert of the other side, or no TLS at all.
  'EPROTO',
];

describe('codes of TLS', () => {
  it.each([...TRUST, ...REFUSED])('%s refuses a certificate or a handshake', (code) => {
    expect(isTlsCode(code)).toBe(true);
    expect(errorCodeOf(systemError(code))).toBe('UPSTREAM_UNTRUSTED');
    expect(TLS_TRUST.has(code)).toBe(TRUST.includes(code));
  });

  it.each(['', 'ENOENT', 'CERT', 'X_CERT_', 'ERR_TLS', 'X_ERR_SSL_', 'ERR_STREAM_DESTROYED', 'OUT_OF_MEM'])(
    '%j does not',
    (code) => {
      expect(isTlsCode(code)).toBe(false);
    },
  );
});
