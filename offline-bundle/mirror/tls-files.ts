/** Certificate and key of the mirror. */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { badInput } from '../../core/errors';
import { systemCode } from '../../core/system-errors';

export interface TlsTexts {
  /** PEM: the server's certificate, then the intermediates. */
  readonly cert: string;
  readonly key: string;
}

async function readPem(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw badInput(
      'TLS_FILE_INVALID',
      `cannot read ${what} ${file}: ${systemCode(error) ?? String(error)}`,
      'name a readable PEM file',
    );
  }
}

/**
 * Reads a certificate and its key.
 *
 * @throws AirlockError (input) when one of them is missing, malformed, or they do not belong together
 */
export async function readTlsFiles(certFile: string, keyFile: string): Promise<TlsTexts> {
  const texts = { cert: await readPem(certFile, 'certificate'), key: await readPem(keyFile, 'key') };
  try {
    createSecureContext(texts);
  } catch (error) {
    throw badInput(
      'TLS_FILE_INVALID',
      `${certFile} and ${keyFile} are not a certificate and its key: ${systemCode(error) ?? String(error)}`,
      'pass PEM files of one key pair; the key without a passphrase',
    );
  }
  return texts;
}
