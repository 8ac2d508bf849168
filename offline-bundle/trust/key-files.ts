/** Key pairs on disk: `NAME.key` for the signer alone, `NAME.pub` for everybody who verifies. */
import { createPublicKey } from 'node:crypto';
import { lstat, open, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { type AirlockError, badInput } from '../../core/errors';
import { systemCode } from '../../core/system-errors';
import { makeFolders } from '../../core/make-folders';
import { writeWhole } from '../../core/write-whole';
import { readTextFile } from '../../site/reading/read-file';
import { isMissing, syncDirectory, writeFailed } from '../store/disk';
import { encryptPrivateKey } from './encrypted-key';
import { createKeyPair, encryptionFault, keyId, loadPrivateKey } from './keys';
import { demandPassphrase } from './passphrase';

/** A key pair on disk. */
export interface KeyFiles {
  readonly keyId: string;
  /** Encrypted private key, readable by its owner only. */
  readonly privateFile: string;
  readonly publicFile: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const exists = (file: string): AirlockError =>
  badInput('OUTPUT_EXISTS', `${file} exists already`, 'choose another --name; a key that is in use is never replaced');

async function demandFree(file: string): Promise<void> {
  const found = await lstat(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw writeFailed(file, error);
  });
  if (found !== undefined) throw exists(file);
}

/** Writes a file that did not exist, or leaves none. */
async function writeNew(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode).catch((error: unknown) => {
    throw systemCode(error) === 'EEXIST' ? exists(file) : writeFailed(file, error);
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw writeFailed(file, error);
  } finally {
    await handle.close();
  }
}

/**
 * Creates a key pair and writes it to `folder`, which is made where it is missing. Existing files are never replaced.
 *
 * @throws AirlockError (input) for a malformed name, a passphrase that can be guessed or a name that is taken; (environment) when the
 *   disk refuses, and then neither file is left
 */
export async function writeKeyPair(folder: string, name: string, passphrase: string): Promise<KeyFiles> {
  if (!NAME.test(name))
    throw badInput('USAGE_INVALID_VALUE', `"${name}" is not a name for a key`, 'use letters, digits, ".", "_" and "-"');
  const [privateFile, publicFile] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.pub`)];
  const { keyId, privatePem, publicPem } = createKeyPair(passphrase);
  await makeFolders(folder, { mode: 0o700 }).catch((error: unknown) => {
    throw writeFailed(folder, error);
  });
  await demandFree(privateFile);
  await demandFree(publicFile);
  const written: string[] = [];
  try {
    await writeNew(privateFile, privatePem, 0o600);
    written.push(privateFile);
    await writeNew(publicFile, publicPem, 0o644);
    written.push(publicFile);
    await syncDirectory(folder);
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw error;
  }
  return { keyId, privateFile, publicFile };
}

/** A private key whose file was written anew. */
export interface EncryptedKeyFile {
  readonly keyId: string;
  readonly privateFile: string;
  /** What was weak about the file, in words; absent where nothing was. */
  readonly before?: string;
}

/**
 * Encrypts a private key on disk anew, under a passphrase that may be the same as before. The file holds the old or the new
 * bytes, never a part; a copy of it elsewhere stays as it was.
 *
 * @param passphrase of the file as it is; undefined where it is not encrypted
 * @throws AirlockError (input) for a wrong passphrase, a new one that can be guessed, or a file that is no private key;
 *   (environment) when the disk refuses
 */
export async function encryptKeyFile(
  file: string,
  passphrase: string | undefined,
  newPassphrase: string,
): Promise<EncryptedKeyFile> {
  const pem = await readTextFile(file, 'name a .key file that `airlock keys create` wrote');
  const key = loadPrivateKey(pem, passphrase, { name: file, allowUnencrypted: true });
  demandPassphrase(newPassphrase);
  try {
    // A link stays one; what it leads to is replaced.
    const target = await realpath(file);
    await writeWhole(target, Buffer.from(encryptPrivateKey(key, newPassphrase)), 0o600);
    await syncDirectory(path.dirname(target));
  } catch (error) {
    throw writeFailed(file, error);
  }
  const before = encryptionFault(pem);
  return { keyId: keyId(createPublicKey(key)), privateFile: file, ...(before === undefined ? {} : { before }) };
}
