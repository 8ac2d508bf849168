/** Reads a file that the user named, with an error that says what to do when it is not there. */
import { readFile } from 'node:fs/promises';
import { badInput, environmentFailed } from '../../core/errors';

/** @throws AirlockError (input) when there is no such file, (environment) when it cannot be read */
export async function readTextFile(file: string, hint: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw badInput('FILE_MISSING', `there is no file ${file}`, hint);
    if (code === 'EISDIR') throw badInput('FILE_MISSING', `${file} is a directory`, hint);
    throw environmentFailed(
      'FILE_UNREADABLE',
      `cannot read ${file}: ${String(code)}`,
      'check the permissions of the file',
      error,
    );
  }
}
