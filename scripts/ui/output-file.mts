/** Files that a command writes beside what it prints. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput, environmentFailed } from '../../core/errors.js';

/**
 * @param folder one that is only read
 * @throws AirlockError (input) where the file would lie in it
 */
export function demandOutside(file: string, folder: string): void {
  const [first] = path.relative(path.resolve(folder), path.resolve(file)).split(path.sep);
  if (first === '..') return;
  throw badInput('OUTPUT_MISPLACED', `${file} lies inside ${folder}, which is only read`, 'name a file beside it');
}

/** @throws AirlockError (environment) where it cannot be written */
export async function writeOutput(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw environmentFailed(
      'OUTPUT_UNWRITABLE',
      `cannot write ${file}`,
      'name a file in a folder that can be written',
      error,
    );
  });
}
