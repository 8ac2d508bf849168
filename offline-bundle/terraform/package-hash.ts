/**
 * Terraform's `h1:` hash of a provider package: what is in the zip, whatever way it was compressed
 * (golang.org/x/mod/sumdb/dirhash, HashDir and Hash1; hashicorp/terraform, internal/getproviders/hash.go).
 */
import type { Entry, ZipFile } from 'yauzl';
import { newHash } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { contentOf, entriesOf, openArchive } from './zip';

const SLASH = '/'.charCodeAt(0);

async function hashEntry(zip: ZipFile, entry: Entry): Promise<string> {
  const hash = newHash();
  for await (const part of await contentOf(zip, entry)) hash.update(part);
  return hash.digest('hex');
}

/** Base64 SHA-256 over the sorted lines `<hex of the content>  <name>\n`. */
async function hashContents(zip: ZipFile): Promise<string> {
  // Terraform writes into its lock file the hash of the unpacked folder (HashDir), which knows no entries for folders.
  const entries = (await entriesOf(zip)).filter((entry) => entry.fileNameRaw.at(-1) !== SLASH);
  entries.sort((a, b) => Buffer.compare(a.fileNameRaw, b.fileNameRaw));
  const total = newHash();
  let before: Buffer | undefined;
  for (const entry of entries) {
    const name = entry.fileNameRaw;
    if (name.includes('\n')) throw new Error('a file name in it holds a line break');
    if (before?.equals(name) === true) throw new Error(`it holds ${name.toString('utf8')} twice`);
    before = name;
    total
      .update(`${await hashEntry(zip, entry)}  `)
      .update(name)
      .update('\n');
  }
  return `h1:${total.digest('base64')}`;
}

/**
 * The `h1:` hash of a packed provider.
 *
 * @param file path of the zip
 * @throws AirlockError (check) when it is no readable zip
 */
export async function packageHash(file: string): Promise<string> {
  let zip: ZipFile | undefined;
  try {
    zip = await openArchive(file);
    return await hashContents(zip);
  } catch (error) {
    throw new AirlockError('CONTENT_DAMAGED', `${file} is not a usable zip archive: ${(error as Error).message}`, {
      fix: 'fetch the provider package again',
      cause: error,
    });
  } finally {
    zip?.close();
  }
}
