/** Faults of decisions get the lines of the files that they are in. */
import { readFile } from 'node:fs/promises';
import { AirlockError, type SourceFault } from '../../core/errors';
import type { Place } from '../checks/faults';
import { YamlDocument } from './yaml-document';

/** The names under which the three files were read. */
export type FileNames = Readonly<Record<Place['file'], string>>;

/** From the options that name them. */
export const filesOf = ({ site, enclave, lock }: Readonly<Record<'site' | 'enclave' | 'lock', string>>): FileNames => ({
  'site.yaml': site,
  'enclave.yaml': enclave,
  'airlock.lock.json': lock,
});

/** Steps of a path as places write it: `servings[0].engine`, and `images[engine-vllm]`, which names an entry. */
const stepsOf = (path: string): string[] => path.match(/[^.[\]]+|\[[^\]]+\]/g) ?? [];

/** The same for a value: entries that are named become indices; it ends where the value does. */
function resolved(value: unknown, path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  let inner = value;
  for (const step of stepsOf(path)) {
    const key = step.replace(/^\[|\]$/g, '');
    const at = Array.isArray(inner)
      ? /^\d+$/.test(key)
        ? Number(key)
        : inner.findIndex((one) => (one as { name?: unknown } | null)?.name === key)
      : key;
    if (typeof inner !== 'object' || inner === null || at === -1) return steps;
    steps.push(at);
    inner = Reflect.get(inner, at) as unknown;
  }
  return steps;
}

async function locatedFault(fault: SourceFault, files: FileNames): Promise<SourceFault> {
  const file = Object.hasOwn(files, fault.file) ? files[fault.file as Place['file']] : undefined;
  if (file === undefined || fault.line !== undefined) return fault;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { ...fault, file };
  const document = new YamlDocument(text, file);
  if (document.faults.length > 0) return { ...fault, file };
  return { ...fault, file, ...document.placeOf(resolved(document.value, fault.path)) };
}

/**
 * Decides by files that were read before.
 *
 * @throws AirlockError what `decide` throws; each fault with the name, the line and the column of its file
 */
export async function located<T>(files: FileNames, decide: () => T): Promise<T> {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof AirlockError) || error.faults.length === 0) throw error;
    const { code, what, items, fix } = error;
    const faults = await Promise.all(error.faults.map((fault) => locatedFault(fault, files)));
    throw new AirlockError(code, what, { items, fix, faults, cause: error });
  }
}
