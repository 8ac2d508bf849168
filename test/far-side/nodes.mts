/** Node itself in several versions, as npm publishes its binaries; kept in the cache. */
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../harness/go.mjs';
import { CACHE } from '../harness/paths.mjs';
import { mustRun } from '../harness/processes.mjs';

/** The oldest and the newest that the kit takes, what is between, and one that it must refuse. */
export const NODES = { refused: '18.20.8', taken: ['20.20.2', '22.23.5', '24.22.3'] } as const;

const FOLDER = path.join(CACHE, 'far-side');

/** Path of the binary, once {@link installNode} has put it there. */
export const nodeProgram = (version: string): string => path.join(FOLDER, `node-${version}`);

/** Takes the binary out of the package `node-linux-<architecture>`; runs none of its scripts. */
export async function installNode(version: string): Promise<string> {
  const target = nodeProgram(version);
  if (await exists(target)) return `${version} present`;
  const staging = path.join(FOLDER, `.fetching-${version}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const spec = `node-linux-${process.arch}@${version}`;
  const { stdout } = await mustRun('npm', ['pack', '--silent', '--pack-destination', staging, spec], {
    cwd: staging,
    timeoutMs: 300_000,
  });
  await mustRun('tar', ['-xzf', path.join(staging, stdout.trim()), '-C', staging, 'package/bin/node']);
  await rename(path.join(staging, 'package/bin/node'), target);
  await rm(staging, { recursive: true, force: true });
  return `${version} installed`;
}
