/** Who signs: a key file, or an external command (an HSM, a smart card, a signing service). */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { parse } from 'shell-quote';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { runProgram } from '../../core/programs';
import { keyId, loadPublicKey } from './keys';

/** Whoever holds a private key. */
export interface Signer {
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** ECDSA on P-256 with SHA-256 over the bytes, DER-encoded (RFC 3279, section 2.2.3). */
  sign(bytes: Buffer): Promise<Buffer>;
}

/** Signs with a private key held in memory. */
export function keySigner(privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey);
  return {
    keyId: keyId(publicKey),
    publicKey,
    sign: (bytes) => Promise.resolve(sign('sha256', bytes, privateKey)),
  };
}

/** No signature of ours is longer than 72 bytes; a command that prints more prints something else. */
const MAXIMUM_OUTPUT = 4096;

/** Variables of PKCS #11 modules and of the programs that lead to them; others by AIRLOCK_PASS_ENV. */
const SEEN = [
  'OPENSSL_*',
  'PKCS11_*',
  'SOFTHSM2_CONF',
  'GNUPGHOME',
  'GPG_*',
  'SSH_AUTH_SOCK',
  'YUBIHSM_*',
  'P11_KIT_*',
];

/** What stands in quotes or behind a backslash (POSIX, Shell Command Language, 2.2). */
const QUOTED = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"/g;

/**
 * The words of a command, as a shell would part them; there is none.
 *
 * @throws AirlockError (input) for what only a shell understands
 */
function wordsOf(command: string): [string, ...string[]] {
  const [open] = /['"\\]/.exec(command.replace(QUOTED, '')) ?? [];
  if (open !== undefined)
    throw badInput(
      'USAGE_INVALID_VALUE',
      `signer command ${command} has ${open === '\\' ? 'a backslash with nothing behind it' : `a quote ${open} that is not closed`}`,
      'close it; a quote that is meant stands between quotes of the other kind',
    );
  const words = parse(command, (name) => ({ op: `$${name}` }));
  const odd = words.find((word) => typeof word !== 'string');
  if (odd !== undefined) {
    const what = 'comment' in odd ? `#${odd.comment}` : 'pattern' in odd ? odd.pattern : odd.op;
    throw badInput(
      'USAGE_INVALID_VALUE',
      `signer command "${command}" holds "${what}", and no shell runs it`,
      'put quotes around it, or put the command into a script and name that',
    );
  }
  const [program, ...args] = words as string[];
  if (program === undefined)
    throw badInput('USAGE_INVALID_VALUE', 'the signer command is empty', 'name a program and its arguments');
  return [program, ...args];
}

async function runCommand(command: string, [program, ...args]: [string, ...string[]], input: Buffer): Promise<Buffer> {
  const fix = 'run it by hand with any file on standard input';
  const ran = await runProgram(program, args, { sees: SEEN, input, keptBytes: MAXIMUM_OUTPUT }).catch(
    (cause: unknown) => {
      const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? `: there is no ${program}` : '';
      throw environmentFailed('SIGNER_FAILED', `signer command "${command}" did not start${why}`, 'check it', cause);
    },
  );
  const { code, signal, stdout, stdoutBytes } = ran;
  if (code === 0 && stdoutBytes <= MAXIMUM_OUTPUT) return stdout;
  const end =
    code === 0
      ? `printed ${stdoutBytes} bytes, which is no signature`
      : `ended with ${signal ?? `exit code ${String(code)}`}`;
  const said = ran.stderr.slice(-1000).trim();
  throw environmentFailed('SIGNER_FAILED', `signer command "${command}" ${end}${said === '' ? '' : `: ${said}`}`, fix);
}

/**
 * Signs by a command of the user's choosing, e.g. `openssl dgst -sha256 -sign engine…`: it gets the bytes to be signed
 * on standard input, hashes them itself, and writes the DER signature to standard output. No shell runs it. Every signature
 * is checked against the public key before it is used.
 *
 * @throws AirlockError (input) for a malformed public key, a command that needs a shell, or a signature of another key; (environment) when the command fails
 */
export function commandSigner(command: string, publicPem: string, name?: string): Signer {
  const words = wordsOf(command);
  const publicKey = loadPublicKey(publicPem, name);
  return {
    keyId: keyId(publicKey),
    publicKey,
    async sign(bytes) {
      const signature = await runCommand(command, words, bytes);
      if (verify('sha256', bytes, publicKey, signature)) return signature;
      throw new AirlockError(
        'SIGNER_KEY_MISMATCH',
        `signer command "${command}" gave a signature that key ${keyId(publicKey)} does not verify`,
        { fix: 'it must print DER-encoded ECDSA with SHA-256 over standard input, by the key of --public-key' },
      );
    },
  };
}
