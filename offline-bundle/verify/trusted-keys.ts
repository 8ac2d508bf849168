/** The public keys that a person names on the command line. */
import { readTextFile } from '../../site/reading/read-file';
import { loadTrustedKey, type TrustedKey } from '../trust/keys';

/**
 * Reads public keys from PEM files.
 *
 * @throws AirlockError (input) when there is no such file, or it is not a public key on P-256
 */
export async function readTrustedKeys(files: readonly string[]): Promise<TrustedKey[]> {
  const keys: TrustedKey[] = [];
  for (const file of files) {
    keys.push(loadTrustedKey(await readTextFile(file, 'name a .pub file that `airlock keys create` wrote'), file));
  }
  return keys;
}
