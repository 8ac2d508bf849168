/** Whether a folder is exactly a model: each file with its hash, and nothing else. Offline. */
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { AirlockError } from '../../core/errors';
import { type Progress, SILENT } from '../../core/progress';
import { show } from '../../core/visible';
import { hashFiles } from './hash-files';
import { type DirectoryFindings, inspectDirectory } from './inspect-directory';
import { type ModelFile, modelFiles } from './model-files';

export interface VerifiedWeights {
  readonly files: number;
  /** Bytes. */
  readonly bytes: number;
}

/** Hashes listed files where they lie; those whose content is another join the changed ones. */
export async function checkContent(
  dir: string,
  { present, ...rest }: DirectoryFindings,
  progress: Progress,
): Promise<DirectoryFindings> {
  const jobs = present.map((file) => ({ file: path.join(dir, file.path), size: file.size }));
  const digests = await hashFiles(jobs, progress);
  const isRight = (file: ModelFile): boolean => digests.get(path.join(dir, file.path)) === file.digest;
  const wrong = present
    .filter((file) => !isRight(file))
    .map((file) => ({
      path: file.path,
      how: `hashes to ${digests.get(path.join(dir, file.path)) ?? 'nothing'} instead of ${file.digest}`,
    }));
  return { ...rest, present: present.filter(isRight), changed: [...rest.changed, ...wrong] };
}

/** The error that names every difference; undefined where there is none. */
export function differences(dir: string, { missing, changed, unlisted }: DirectoryFindings): AirlockError | undefined {
  const items = [
    ...missing.map(({ path: name }) => `missing: ${name}`),
    ...changed.map(({ path: name, how }) => `changed: ${name} ${how}`),
    ...unlisted.map((name) => `unlisted: ${name}`),
  ];
  if (items.length === 0) return undefined;
  return new AirlockError(
    'WEIGHTS_DIFFER',
    `${dir} does not hold exactly what it should: ${items.length} differences`,
    {
      items,
      fix: 'find out who changed the folder, then remove it and fetch it again',
    },
  );
}

export const sizeOf = (files: readonly ModelFile[]): number => files.reduce((sum, { size }) => sum + size, 0);

/**
 * Checks a folder against a model's manifest.
 *
 * @param digest what the manifest must hash to
 * @throws AirlockError (check) that names every missing, changed and unlisted file; (environment) when the folder
 *   cannot be read
 */
export async function verifyWeights({
  manifestBytes,
  digest,
  dir,
  progress = SILENT,
}: {
  readonly manifestBytes: Buffer;
  readonly digest: Digest;
  readonly dir: string;
  readonly progress?: Progress;
}): Promise<VerifiedWeights> {
  const files = modelFiles(manifestBytes, digest);
  progress.start(show`verify weights`, sizeOf(files));
  try {
    const findings = await checkContent(dir, await inspectDirectory(dir, files), progress);
    const error = differences(dir, findings);
    if (error !== undefined) throw error;
  } finally {
    progress.stop();
  }
  return { files: files.length, bytes: sizeOf(files) };
}
