/** Go programs, built once for each version into the cache. */
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../harness/paths.mjs';
import { mustRun } from '../harness/processes.mjs';
import { GO_PROGRAMS, type GoProgram } from './versions.mjs';

const BIN = path.join(CACHE, 'bin');

/** Path of a built program; its version is part of the name. */
export const goProgram = (name: keyof typeof GO_PROGRAMS): string =>
  path.join(BIN, `${name}-${GO_PROGRAMS[name].version}`);

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function build({ name, module, version }: GoProgram, target: string): Promise<void> {
  const staging = path.join(BIN, `.building-${name}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const env = { GOBIN: staging, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  await mustRun('nice', ['go', 'install', '-ldflags=-s -w', `${module}@${version}`], { env, timeoutMs: 900_000 });
  await rename(path.join(staging, path.posix.basename(module)), target);
  await rm(staging, { recursive: true, force: true });
}

/** Builds what the cache lacks, one after the other: each build uses every core. */
export async function installGoProgram(name: keyof typeof GO_PROGRAMS): Promise<string> {
  const target = goProgram(name);
  if (await exists(target)) return `${GO_PROGRAMS[name].version} present`;
  await build(GO_PROGRAMS[name], target);
  return `${GO_PROGRAMS[name].version} built`;
}
