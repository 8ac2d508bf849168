/** Reads what Terraform keeps beside a configuration: short files with their texts, long ones as digests. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestOf, fromHex, newHash } from '../../core/digest';
import { inParallel } from '../../core/in-parallel';
import type { LeftFile } from '../plan/plan';
import type { PlanFiles } from '../plan/read-files';

/** Longer than any lock file or state without resources; programs are longer. */
const LONGEST_TEXT = 1 << 18;
/** Files at once: hashing keeps a core busy, reading a disk. */
const AT_ONCE = 4;

async function readLeftFile(file: string): Promise<LeftFile> {
  const { size } = await stat(file);
  if (size <= LONGEST_TEXT) {
    const bytes = await readFile(file);
    return { digest: digestOf(bytes), text: bytes.toString('utf8') };
  }
  const hash = newHash();
  await pipeline(createReadStream(file), hash);
  return { digest: fromHex(hash.digest('hex')) };
}

/** Every file that {@link PlanFiles.left} names, by path below the plan's folder. */
export async function readLeftFiles(root: string, { left }: PlanFiles): Promise<ReadonlyMap<string, LeftFile>> {
  const read = await inParallel(AT_ONCE, left, async ({ file, link }): Promise<readonly [string, LeftFile]> => [
    file,
    link ? 'link' : await readLeftFile(path.join(root, file)),
  ]);
  return new Map(read);
}
