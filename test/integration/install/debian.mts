/** Debian packages: installed where a program is needed, unpacked where only their files are. */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../harness/paths.mjs';
import { mustRun, run } from '../harness/processes.mjs';
import { DEBIAN_PACKAGES, IMAGE_PACKAGES, type ImageArchitecture } from './versions.mjs';

const QUIET = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 600_000 } as const;

const globOf = (version: string): RegExp => new RegExp(`^${version.replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`);

async function isInstalled(pin: string): Promise<boolean> {
  const [name = '', version = ''] = pin.split('=');
  const { stdout } = await run('dpkg-query', ['-W', '-f=${db:Status-Status} ${Version}', name]);
  const [status, found = ''] = stdout.trim().split(' ');
  // Epochs are seldom written in a pin.
  return status === 'installed' && (globOf(version).test(found) || globOf(version).test(found.replace(/^\d+:/, '')));
}

/** Installs what is missing; needs root and a Debian 12 archive. */
export async function installDebianPackages(): Promise<string> {
  const missing: string[] = [];
  for (const pin of DEBIAN_PACKAGES) if (!(await isInstalled(pin))) missing.push(pin);
  if (missing.length === 0) return `${String(DEBIAN_PACKAGES.length)} present`;
  await mustRun('apt-get', ['update', '-q'], QUIET);
  const options = ['--yes', '--quiet', '--no-install-recommends', '--allow-downgrades'];
  // RUNLEVEL=1 keeps maintainer scripts from starting daemons (invoke-rc.d(8)); the suite starts its own.
  await mustRun('apt-get', ['install', ...options, ...missing], { ...QUIET, env: { ...QUIET.env, RUNLEVEL: '1' } });
  return `installed ${missing.join(' ')}`;
}

const UNPACKED = path.join(CACHE, 'debian');

/** Folder with the unpacked files of an architecture's image packages. */
export const unpackedFolder = (architecture: ImageArchitecture): string => path.join(UNPACKED, architecture);

async function unpack(architecture: ImageArchitecture): Promise<string> {
  const pins = IMAGE_PACKAGES[architecture];
  const folder = unpackedFolder(architecture);
  const downloads = path.join(UNPACKED, `${architecture}-packages`);
  const present = await readdir(downloads).catch(() => []);
  if (present.filter((name) => name.endsWith('.deb')).length === pins.length) return `${architecture} present`;
  const lists = path.join(UNPACKED, `${architecture}-lists`);
  await Promise.all([folder, downloads].map((stale) => rm(stale, { recursive: true, force: true })));
  await Promise.all([folder, downloads, path.join(lists, 'partial')].map((made) => mkdir(made, { recursive: true })));
  // Lists of its own, so that a foreign architecture leaves the machine's configuration alone.
  const options = [
    `-oAPT::Architecture=${architecture}`,
    `-oAPT::Architectures=${architecture}`,
    `-oDir::State::Lists=${lists}`,
    '-oAPT::Sandbox::User=root',
  ];
  await mustRun('apt-get', [...options, 'update', '-q'], QUIET);
  const staging = path.join(lists, 'downloads');
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  await mustRun('apt-get', [...options, 'download', '-q', ...pins], { ...QUIET, cwd: staging });
  for (const name of await readdir(staging)) await mustRun('dpkg-deb', ['-x', path.join(staging, name), folder]);
  for (const name of await readdir(staging)) await copyFile(path.join(staging, name), path.join(downloads, name));
  await rm(lists, { recursive: true, force: true });
  return `${architecture} downloaded`;
}

/** Fetches and unpacks the packages of both architectures. */
export async function unpackImagePackages(): Promise<string> {
  const said: string[] = [];
  for (const architecture of Object.keys(IMAGE_PACKAGES) as ImageArchitecture[]) said.push(await unpack(architecture));
  return said.join(', ');
}
