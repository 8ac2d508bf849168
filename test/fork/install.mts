/**
 * A copy of the sources in which `cdktf` is its fork. CDKTF is archived; this is the swap that a site would make: an
 * alias in package.json, and overrides for the peer dependency of the prebuilt providers.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CACHE, ROOT } from '../harness/paths.mjs';
import { mustRun } from '../harness/processes.mjs';
import { makeFolder } from '../harness/scratch.mjs';

/** Open Constructs' fork; the newest release that `constructs` 10.7 satisfies. */
export const FORK = { name: 'cdktn', version: '0.24.0' } as const;

const FORKED = `npm:${FORK.name}@${FORK.version}`;
const PROVIDERS = ['@cdktf/provider-helm', '@cdktf/provider-kubernetes'];

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** What the app is started with. */
const STARTED_WITH = ['cli-progress', 'commander', 'string-width', 'tsx'];

/** package.json after the swap; what only development needs stays out. */
async function swappedPackage(): Promise<string> {
  const text = await readFile(path.join(ROOT, 'package.json'), 'utf8');
  const { devDependencies, peerDependencies, ...own } = JSON.parse(text) as PackageFile;
  const wanted = new Set([...Object.keys(peerDependencies), ...STARTED_WITH]);
  const pinned = Object.entries(devDependencies).filter(([name]) => wanted.has(name));
  const dependencies: object = { ...own.dependencies, ...Object.fromEntries(pinned), cdktf: FORKED };
  const overrides = Object.fromEntries(PROVIDERS.map((name) => [name, { cdktf: '$cdktf' }]));
  return `${JSON.stringify({ ...own, dependencies, overrides }, null, 2)}\n`;
}

/** Installs the swapped dependencies once for their content. @returns the folder that holds node_modules */
async function installed(): Promise<string> {
  const [swapped, lock, npmrc] = await Promise.all([
    swappedPackage(),
    readFile(path.join(ROOT, 'package-lock.json'), 'utf8'),
    readFile(path.join(ROOT, '.npmrc'), 'utf8'),
  ]);
  const key = createHash('sha256')
    .update(JSON.stringify([swapped, lock, npmrc, process.version]))
    .digest('hex');
  const folder = path.join(CACHE, 'fork', key.slice(0, 16));
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${String(process.pid)}`;
  await mkdir(partial, { recursive: true });
  await writeFile(path.join(partial, 'package.json'), swapped);
  await writeFile(path.join(partial, 'package-lock.json'), lock);
  await writeFile(path.join(partial, '.npmrc'), npmrc);
  await mustRun('npm', ['install', '--omit=dev'], { cwd: partial, timeoutMs: 300_000 });
  await rename(partial, folder);
  return folder;
}

/** Folders that are no sources, and the tests, which the app does not need. */
const LEFT_OUT = new Set(['node_modules', '.git', '.cache', 'dist', 'cdktf.out', 'coverage', 'test']);

/** @returns a copy of the checkout whose `cdktf` is the fork */
export async function forkedCheckout(): Promise<string> {
  const dependencies = await installed();
  const folder = await makeFolder('fork');
  const wanted = (file: string): boolean => !LEFT_OUT.has(path.relative(ROOT, file).split(path.sep)[0] ?? '');
  await cp(ROOT, folder, { recursive: true, filter: wanted });
  await cp(path.join(dependencies, 'package.json'), path.join(folder, 'package.json'));
  await symlink(path.join(dependencies, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
