/** Who signs: a key file, or an external command (an HSM, a smart card, a signing service). */
import { spawn } from 'node:child_process';
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { AirlockError, badInput, environmentFailed } from '../../core/errors';
import { keyId, loadPublicKey } from './keys';

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

function runCommand(command: string, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    let length = 0;
    let complaint = '';
    child.stdout.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= MAXIMUM_OUTPUT) output.push(part);
    });
    child.stderr.on('data', (part: Buffer) => (complaint = `${complaint}${part.toString('utf8')}`.slice(-1000)));
    child.on('error', (cause) =>
      reject(environmentFailed('SIGNER_FAILED', `signer command "${command}" did not start`, 'check it', cause)),
    );
    child.on('close', (code, signal) => {
      if (code === 0 && length <= MAXIMUM_OUTPUT) {
        resolve(Buffer.concat(output));
        return;
      }
      const end =
        code === 0
          ? `printed ${length} bytes, which is no signature`
          : `ended with ${signal ?? `exit code ${String(code)}`}`;
      const said = complaint.trim();
      reject(
        environmentFailed(
          'SIGNER_FAILED',
          `signer command "${command}" ${end}${said === '' ? '' : `: ${said}`}`,
          'run it by hand with any file on standard input',
        ),
      );
    });
    // A command that ends without reading its input is judged by its exit code, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/**
 * Signs by a command of the user's choosing, e.g. `openssl dgst -sha256 -sign engine…`: it gets the bytes to be signed
 * on standard input, hashes them itself, and writes the DER signature to standard output. Every signature is checked
 * against the public key before it is used.
 *
 * @throws AirlockError (input) for a malformed public key or a signature of another key; (environment) when the command fails
 */
export function commandSigner(command: string, publicPem: string, name?: string): Signer {
  if (command.trim() === '')
    throw badInput('USAGE_INVALID_VALUE', 'the signer command is empty', 'name a program and its arguments');
  const publicKey = loadPublicKey(publicPem, name);
  return {
    keyId: keyId(publicKey),
    publicKey,
    async sign(bytes) {
      const signature = await runCommand(command, bytes);
      if (verify('sha256', bytes, publicKey, signature)) return signature;
      throw new AirlockError(
        'SIGNER_KEY_MISMATCH',
        `signer command "${command}" gave a signature that key ${keyId(publicKey)} does not verify`,
        { fix: 'it must print DER-encoded ECDSA with SHA-256 over standard input, by the key of --public-key' },
      );
    },
  };
}
