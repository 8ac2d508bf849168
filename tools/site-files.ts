/** The files that make a site, in folders of the checkout. */
import path from 'node:path';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { loadEnclave } from '../site/load-enclave';
import { loadSite } from '../site/load-site';
import { loadLock } from '../site/lock/lock-file';

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
export const ROOT = path.resolve(path.dirname(__filename), '..');

/** The files that make a site; an example without a lock is not synthesized. */
export const SITE_FILES = { site: 'site.yaml', enclave: 'enclave.yaml', lock: 'airlock.lock.json' } as const;

/** The three files of a folder, read as the commands read them. */
export const loadFiles = async (folder: string): Promise<{ site: Site; enclave: Enclave; lock: Lock }> => ({
  site: await loadSite(path.join(folder, SITE_FILES.site)),
  enclave: await loadEnclave(path.join(folder, SITE_FILES.enclave)),
  lock: await loadLock(path.join(folder, SITE_FILES.lock)),
});
