/** `airlock lock`: everything the site names, by digest. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { checkFailed } from '../../core/errors.js';
import { createClients } from '../../offline-bundle/fetch/clients.js';
import { upstreamNames } from '../../offline-bundle/fetch/upstream-names.js';
import { forgetUnfinished, keepUnfinished, knownHashes } from '../../offline-bundle/resolve/known-hashes.js';
import { demandOwnLock, saveLock } from '../../offline-bundle/resolve/lock-on-disk.js';
import { lockSummary, summaryRows } from '../../offline-bundle/resolve/lock-summary.js';
import { resolveLock } from '../../offline-bundle/resolve/resolve-lock.js';
import { comparedPage, lockPage } from '../../offline-bundle/resolve/text.js';
import { keepImages } from '../../offline-bundle/weights/derive-images.js';
import { loadSite } from '../../site/load-site.js';
import { checkLock, loadLock } from '../../site/lock/lock-file.js';
import { together } from '../../site/reading/together.js';
import { lockRequests } from '../../site/requests/requests.js';
import { kitProgram } from '../kit-program.mjs';
import { print, printJson } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addUpstreamOptions, type UpstreamOptions, upstreamSettings } from '../ui/upstream-options.mjs';

interface LockOptions extends UpstreamOptions {
  readonly site: string;
  readonly lock: string;
  readonly check: boolean;
  readonly json: boolean;
}

async function check({ site: siteFile, lock: lockFile, json }: LockOptions): Promise<void> {
  const { site, lock: locked } = await together({ site: [siteFile, loadSite], lock: [lockFile, loadLock] });
  const differences = checkLock(locked, site);
  if (json) {
    printJson({ site: site.name, lock: lockFile, agrees: differences.length === 0, differences });
    process.exitCode = differences.length === 0 ? 0 : 1;
    return;
  }
  print(comparedPage(differences, lockFile, siteFile));
  if (differences.length === 0) return;
  throw checkFailed(
    'LOCK_OUT_OF_DATE',
    `${siteFile} and ${lockFile} disagree; differences: ${differences.length}`,
    'run `airlock lock`, then review the difference',
  );
}

async function lock(options: LockOptions): Promise<void> {
  if (options.check) {
    await check(options);
    return;
  }
  const site = await loadSite(options.site);
  await demandOwnLock(site.name, options.lock);
  const requests = lockRequests(site);
  const settings = upstreamSettings(options, upstreamNames(requests));
  const { bytes, version } = await kitProgram();
  const progress = progressFor(options);
  const clients = createClients(settings, { version, progress });
  try {
    const before = existsSync(options.lock) ? await loadLock(options.lock) : undefined;
    const known = await knownHashes(options.lock, before);
    const found = await resolveLock(requests, clients, { airlockMjs: bytes, version }, progress, known).catch(
      async (error: unknown) => {
        await keepUnfinished(options.lock, known);
        throw error;
      },
    );
    const resolved = keepImages(found, before);
    const changed = await saveLock(resolved, options.lock);
    await forgetUnfinished(options.lock);
    if (options.json)
      printJson({ lock: options.lock, changed, ...lockSummary(resolved), artifacts: summaryRows(resolved) });
    else print(lockPage(resolved, options.lock, changed));
  } finally {
    await clients.close();
  }
}

export const command = (): Command =>
  addUpstreamOptions(
    new Command('lock')
      .option('--site <file>', 'what is wanted', 'site.yaml')
      .option('--lock <file>', 'file to write, or to check', 'airlock.lock.json')
      .option('--check', 'compare site and lock without any network; exit 1 when they disagree', false)
      .option('--json', 'print the result as JSON', false),
  ).action(lock);
