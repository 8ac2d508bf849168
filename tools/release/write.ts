/** A release on disk. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../../core/errors';

const SIGNATURE = /^[0-9a-f]{16}\.SHA256SUMS\.sig$/;

/**
 * Writes what is not there yet, beside the signatures of others.
 *
 * @throws AirlockError (input) where the folder holds something else, or a file other bytes: what was signed is never overwritten,
 *   and a second signer learns that the release cannot be made again
 */
export async function writeRelease(files: ReadonlyMap<string, Buffer>, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const there = (await readdir(folder)).filter((name) => !SIGNATURE.test(name));
  const odd = there.filter((name) => !files.has(name));
  if (odd.length > 0) throw badInput('OUTPUT_EXISTS', `${folder} holds ${odd.join(', ')}`, 'name an empty folder');
  const changed = [];
  for (const name of there)
    if (files.get(name)?.equals(await readFile(path.join(folder, name))) !== true) changed.push(name);
  if (changed.length > 0)
    throw badInput(
      'OUTPUT_EXISTS',
      `these sources do not make ${changed.map((name) => path.join(folder, name)).join(', ')}`,
      'find out why before anybody signs; or name an empty folder',
    );
  for (const [name, bytes] of files) {
    if (there.includes(name)) continue;
    await writeFile(path.join(folder, name), bytes);
    await chmod(path.join(folder, name), name.endsWith('.mjs') ? 0o755 : 0o644);
  }
}
