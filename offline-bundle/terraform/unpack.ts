/** Takes one file out of a ZIP. */
import { AirlockError } from '../../core/errors';
import { contentOf, entriesOf, openArchive } from './zip';

/**
 * The one file of an archive that has one of the names.
 *
 * @throws AirlockError (check) when it is no readable archive, or holds none or several of them
 */
export async function unpackedFile(archive: string, names: readonly string[]): Promise<Buffer> {
  const unusable = (why: string, cause?: unknown): AirlockError =>
    new AirlockError('CONTENT_DAMAGED', `${archive} is not usable: ${why}`, {
      fix: 'pass the file as its project released it',
      ...(cause === undefined ? {} : { cause }),
    });
  const zip = await openArchive(archive).catch((error: unknown) => {
    throw unusable((error as Error).message, error);
  });
  try {
    const found = (await entriesOf(zip)).filter((entry) => names.includes(entry.fileNameRaw.toString('utf8')));
    const [entry, another] = found;
    if (entry === undefined || another !== undefined)
      throw unusable(`it holds ${String(found.length)} files of the name ${names.join(' or ')}`);
    const parts: Buffer[] = [];
    for await (const part of await contentOf(zip, entry)) parts.push(part);
    return Buffer.concat(parts);
  } catch (error) {
    throw error instanceof AirlockError ? error : unusable((error as Error).message, error);
  } finally {
    zip.close();
  }
}
