/** `airlock lock`: everything the site names, by digest. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { hexOf } from '../../core/digest.js';
import { badInput, checkFailed } from '../../core/errors.js';
import { createClients } from '../../offline-bundle/fetch/clients.js';
import { lockSummary, summaryRows } from '../../offline-bundle/resolve/lock-summary.js';
import { resolveLock } from '../../offline-bundle/resolve/resolve-lock.js';
import { writeDurably } from '../../offline-bundle/store/disk.js';
import type { Lock } from '../../site/generated/lock.js';
import type { Site } from '../../site/generated/site.js';
import { loadSite } from '../../site/load-site.js';
import { checkLock, loadLock, serializeLock } from '../../site/lock-file.js';
import { lockRequests } from '../../site/requests.js';
import { buildFarSide } from '../../tools/build-far-side.js';
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
    `${siteFile} and ${lockFile} disagree in ${differences.length} points`,
    'run `airlock lock`, then review the difference',
  );
}

/** A lock that belongs to another site is somebody's work: it is never replaced in passing. */
async function demandOwnLock(site: Site, file: string): Promise<void> {
  if (!existsSync(file)) return;
  const before = await loadLock(file).catch(() => undefined);
  if (before === undefined)
    throw badInput(`${file} exists and is not a lock`, 'name another file with --lock, or remove it');
  if (before.site !== site.name) {
    throw badInput(
      `${file} is the lock of site "${before.site}", not of "${site.name}"`,
      'name another file with --lock, or remove it if it is no longer needed',
    );
  }
}

/** Digits of a digest in the table; --json gives it whole. */
const SHORT = 12;

/** @returns whether the file changed */
async function save(file: string, text: string): Promise<boolean> {
  if (existsSync(file) && (await readFile(file, 'utf8')) === text) return false;
  await writeDurably(file, text, path.dirname(file));
  return true;
}

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
  await demandOwnLock(site, options.lock);
  const settings = upstreamSettings(options);
  const { bytes, version } = await buildFarSide();
  const progress = progressFor(options);
  const clients = createClients(settings, { version, progress });
  try {
    const resolved = await resolveLock(lockRequests(site), clients, { airlockMjs: bytes, version }, progress);
    const changed = await save(options.lock, serializeLock(resolved));
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
