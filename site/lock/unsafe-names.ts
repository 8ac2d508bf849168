/** What a lock names that must not become a file, a folder or an address, whoever signed the lock. */
import { pathFault, pathFaults } from '../../core/safe-paths';
import type { Lock } from '../generated/lock';

export interface NameFault {
  /** Where in the lock, e.g. `models[0].files`. */
  readonly path: string;
  readonly message: string;
}

/** Why a name of one segment must not be used. */
function nameFault(name: string): string | undefined {
  return name.includes('/') ? 'holds a slash' : pathFault(name);
}

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Every such name: paths of models' files, alone and together, names and repositories of all entries, addresses of files. */
export function unsafeNames(lock: Lock): NameFault[] {
  const faults: NameFault[] = [];
  const note = (path: string, message: string | undefined): void => {
    if (message !== undefined) faults.push({ path, message });
  };
  for (const kind of ['models', 'images', 'files'] as const)
    lock[kind].forEach(({ name }, at) => {
      const fault = nameFault(name);
      note(`${kind}[${at}].name`, fault === undefined ? undefined : `${JSON.stringify(name)} ${fault}`);
    });
  lock.models.forEach(({ files }, at) => {
    for (const fault of pathFaults(files.map(({ path }) => path))) note(`models[${at}].files`, fault);
  });
  lock.images.forEach(({ repository }, at) => {
    const fault = pathFault(repository);
    note(`images[${at}].repository`, fault === undefined ? undefined : `${JSON.stringify(repository)} ${fault}`);
  });
  lock.files.forEach(({ url }, at) => {
    note(`files[${at}].url`, isWeb(url) ? undefined : `${JSON.stringify(url)} is no http or https address`);
  });
  return faults;
}
