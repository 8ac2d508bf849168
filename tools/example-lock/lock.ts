/** The lock of an example whose models are too large to carry: the real resolver asks an outside world that is made up. */
import { badInput } from '../../core/errors';
import { SILENT } from '../../core/progress';
import { createClients } from '../../offline-bundle/fetch/clients';
import { upstreamSettings } from '../../offline-bundle/fetch/settings';
import { derivedFile, resolveLock } from '../../offline-bundle/resolve/resolve-lock';
import type { Lock, LockFile, LockProvider } from '../../site/generated/lock';
import type { Site } from '../../site/generated/site';
import { type FileRequest, lockRequests } from '../../site/requests/requests';
import { startWorld } from '../../test/outside-world/world';
import { exampleWorld } from './world';

/** Bytes of files whose content is public, by SHA-256. */
const SIZES: Readonly<Record<string, number>> = {
  // cl100k_base.tiktoken and o200k_base.tiktoken of OpenAI.
  '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7': 1_681_126,
  '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d': 3_613_922,
};

function lockedFile({ name, url, sha256, usedBy }: FileRequest): LockFile {
  const size = SIZES[sha256];
  if (size === undefined)
    throw badInput('USAGE_UNKNOWN_NAME', `the size of ${url} is not known`, 'write it in tools/example-lock.mts');
  return { name, url, size, sha256, ...(usedBy === undefined ? {} : { usedBy: [...usedBy] }) };
}

/** The addresses are those of this run's servers. */
const withoutAddresses = (provider: LockProvider): LockProvider => ({
  ...provider,
  packages: provider.packages.map(({ platform, filename, size, sha256, h1 }) => ({
    platform,
    filename,
    size,
    sha256,
    h1,
  })),
});

/** The kit of an example never changes, so that its lock does not change with every line of the kit. */
const KIT = { airlockMjs: Buffer.from('// a stand-in for airlock.mjs\n'), version: '0.1.0' };

/**
 * A lock that has every form that a real one has, and says `example: true`: reports repeat it, and `bundle create` refuses
 * it. Files keep their published hash and size. The same site gives the same lock.
 */
export async function exampleLock(site: Site): Promise<Lock> {
  const world = await startWorld(await exampleWorld(site));
  const settings = upstreamSettings({ upstream: [], concurrency: 4 }, { ...process.env, ...world.environment });
  const clients = createClients(settings, { version: KIT.version, progress: SILENT });
  try {
    const { files, ...requests } = lockRequests(site);
    const resolved = await resolveLock({ ...requests, files: [] }, clients, KIT, SILENT);
    const locked = files.map(lockedFile);
    const derived = { ...resolved.derived, files: locked.map(derivedFile) };
    const providers = resolved.providers.map(withoutAddresses);
    return { ...resolved, example: true, providers, files: locked, derived };
  } finally {
    await clients.close();
    await world.close();
  }
}
