/** `airlock lock`: everything the site names, by digest. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { hexOf } from '../../core/digest.js';
import { checkFailed } from '../../core/errors.js';
import { createClients } from '../../offline-bundle/fetch/clients.js';
import { upstreamNames } from '../../offline-bundle/fetch/upstream-names.js';
import { demandOwnLock, saveLock } from '../../offline-bundle/resolve/lock-on-disk.js';
import { lockSummary, summaryRows } from '../../offline-bundle/resolve/lock-summary.js';
import { resolveLock } from '../../offline-bundle/resolve/resolve-lock.js';
import { keepImages } from '../../offline-bundle/weights/derive-images.js';
import type { Lock } from '../../site/generated/lock.js';
import type { Site } from '../../site/generated/site.js';
import { loadSite } from '../../site/load-site.js';
import { checkLock, loadLock } from '../../site/lock/lock-file.js';
import { lockRequests } from '../../site/requests/requests.js';
import { kitProgram } from '../kit-program.mjs';
import { formatBytes, print, printJson, table } from '../ui/output.mjs';
import { progressFor } from '../ui/progress.mjs';
import { addUpstreamOptions, type UpstreamOptions, upstreamSettings } from '../ui/upstream-options.mjs';

interface LockOptions extends UpstreamOptions {
  readonly site: string;
  readonly lock: string;
  readonly check: boolean;
  readonly json: boolean;
}

async function check(site: Site, { site: siteFile, lock: lockFile, json }: LockOptions): Promise<void> {
  const differences = checkLock(await loadLock(lockFile), site);
  if (json) {
    printJson({ site: site.name, lock: lockFile, agrees: differences.length === 0, differences });
    process.exitCode = differences.length === 0 ? 0 : 1;
    return;
  }
  if (differences.length === 0) {
    print(`${lockFile} agrees with ${siteFile}`);
    return;
  }
  print(differences.join('\n'));
  throw checkFailed(
    'LOCK_OUT_OF_DATE',
    `${siteFile} and ${lockFile} disagree; differences: ${differences.length}`,
    'run `airlock lock`, then review the difference',
  );
}

/** Digits of a digest in the table; --json gives it whole. */
const SHORT = 12;

function report(lock: Lock, file: string, changed: boolean): void {
  const summary = lockSummary(lock);
  const rows = summaryRows(lock).map(({ artifact, version, digest, bytes, hashFrom }) => [
    artifact,
    version,
    hexOf(digest).slice(0, SHORT),
    formatBytes(bytes),
    hashFrom,
  ]);
  print(table(['artifact', 'version', 'digest', 'size', 'hash from'], rows));
  for (const { name, stated, fetched } of summary.models)
    print(`model ${name}: ${stated} file hashes stated by the Hub, ${fetched} computed from fetched bytes`);
  summary.notes.forEach((note) => print(`note: ${note}`));
  print(`${file}: ${changed ? 'written' : 'unchanged'}`);
}

async function lock(options: LockOptions): Promise<void> {
  const site = await loadSite(options.site);
  if (options.check) {
    await check(site, options);
    return;
  }
  await demandOwnLock(site.name, options.lock);
  const requests = lockRequests(site);
  const settings = upstreamSettings(options, upstreamNames(requests));
  const { bytes, version } = await kitProgram();
  const progress = progressFor(options);
  const clients = createClients(settings, { version, progress });
  try {
    const before = existsSync(options.lock) ? await loadLock(options.lock) : undefined;
    const found = await resolveLock(requests, clients, { airlockMjs: bytes, version }, progress);
    const resolved = keepImages(found, before);
    const changed = await saveLock(resolved, options.lock);
    if (options.json)
      printJson({ lock: options.lock, changed, ...lockSummary(resolved), artifacts: summaryRows(resolved) });
    else report(resolved, options.lock, changed);
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
