/** Files that belong together: what is wrong with any of them is said at once. */
import { AirlockError, type SourceFault } from '../../core/errors';
import { formatPath } from './explain';

/** How each of them is read. */
export type Readings<T> = { readonly [K in keyof T]: readonly [file: string, read: (file: string) => Promise<T[K]>] };

/** The faults of a file; one that is missing or no file of its kind is a fault itself. */
const faultsOf = (file: string, { faults, what, items, fix, code }: AirlockError): readonly SourceFault[] =>
  faults.length > 0
    ? faults
    : [
        {
          ...{ file, path: formatPath([]), message: [what, ...items].join(' '), code },
          ...(fix === undefined ? {} : { fix }),
        },
      ];

/**
 * Reads all of them, whatever is wrong with one.
 *
 * @throws AirlockError the error of the file where one is broken; else one with the faults of all
 *
 * @example
 * const { site, lock } = await together({ site: ['site.yaml', loadSite], lock: ['airlock.lock.json', loadLock] });
 */
export async function together<T extends object>(readings: Readings<T>): Promise<T> {
  const names = Object.keys(readings) as (keyof T)[];
  const outcomes = await Promise.allSettled(names.map((name) => readings[name][1](readings[name][0])));
  const broken = outcomes.flatMap((outcome, at) => {
    const [file] = readings[names[at] as keyof T];
    return outcome.status === 'rejected' ? [{ file, error: outcome.reason as unknown }] : [];
  });
  const errors = broken.map(({ file, error }) => {
    if (!(error instanceof AirlockError)) throw error;
    return { file, error };
  });
  const [first, ...others] = errors;
  if (first !== undefined && others.length === 0) throw first.error;
  if (first !== undefined) {
    const alike = others.every(({ error }) => error.code === first.error.code);
    const named = errors.map(({ file }) => file).join(', ');
    throw new AirlockError(
      alike ? first.error.code : 'FILES_INVALID',
      `${errors.length} files are missing or have faults: ${named}`,
      { faults: errors.flatMap(({ file, error }) => faultsOf(file, error)) },
    );
  }
  const values = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  return Object.fromEntries(names.map((name, at) => [name, values[at]])) as T;
}
