/** What a lock names that must not become a file, a folder or an address, whoever signed the lock. */
import { pathFault, pathFaults } from '../../core/safe-paths';
import type { Lock } from '../generated/lock';

export interface NameFault {
  /** Where in the lock, e.g. `models[0].files`. */
  readonly path: string;
  readonly message: string;
}

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Fields that become a part of an address or of a path; their schema takes any word. */
function* pathLike({ images, providers, derived }: Lock): Generator<readonly [string, string]> {
  for (const [at, { repository }] of images.entries()) yield [`images[${at}].repository`, repository];
  for (const [at, { source, packages }] of providers.entries()) {
    yield [`providers[${at}].source`, source];
    for (const [index, { filename }] of packages.entries())
      yield [`providers[${at}].packages[${index}].filename`, filename];
  }
  yield ['derived.kit.repository', derived.kit.repository];
  for (const kind of ['models', 'files', 'stores'] as const)
    for (const [at, { repository }] of (derived[kind] ?? []).entries())
      yield [`derived.${kind}[${at}].repository`, repository];
}

/** Every such name: models and the paths of their files, alone and together, repositories, providers, addresses of files. */
export function unsafeNames(lock: Lock): NameFault[] {
  const faults: NameFault[] = [];
  for (const [path, text] of pathLike(lock)) {
    const fault = pathFault(text);
    if (fault !== undefined) faults.push({ path, message: `${JSON.stringify(text)} ${fault}` });
  }
  // Signatures, repositories and folders are named after models.
  for (const message of pathFaults(lock.models.map(({ name }) => name))) faults.push({ path: 'models', message });
  for (const [at, { files }] of lock.models.entries())
    for (const message of pathFaults(files.map(({ path }) => path)))
      faults.push({ path: `models[${at}].files`, message });
  for (const [at, { url }] of lock.files.entries())
    if (!isWeb(url))
      faults.push({ path: `files[${at}].url`, message: `${JSON.stringify(url)} is no http or https address` });
  return faults;
}
