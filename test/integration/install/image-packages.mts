/** Debian packages whose files images are made of: downloaded and unpacked, never installed. */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { QUIET } from '../../harness/debian.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { INTEGRATION_CACHE } from '../paths.mjs';
import { IMAGE_PACKAGES, type ImageArchitecture } from './versions.mjs';

const UNPACKED = path.join(INTEGRATION_CACHE, 'debian');

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
