/** Go programs, built once for each version into the cache. */
import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from './paths.mjs';
import { mustRun } from './processes.mjs';

export const BIN = path.join(CACHE, 'bin');

export interface GoProgram {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /**
   * Path of the module that the program is in, where it must be built from a copy of it: with the module's own go.sum, since
   * the checksum database does not know all of its dependencies.
   */
  readonly copyOf?: string;
}

/** Path of a built program; its version is part of the name. */
export const goProgram = ({ name, version }: GoProgram): string => path.join(BIN, `${name}-${version}`);

export const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Downloads a module, and returns the folder of its files.
 *
 * @param scratch any folder outside a module
 */
export async function moduleFolder(module: string, version: string, scratch: string): Promise<string> {
  // The checksum database does not know all of them; what they depend on is checked by their own go.sum.
  const env = { GONOSUMDB: module, GOFLAGS: '-mod=mod' };
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  const { stdout } = await mustRun('go', args, { env, cwd: scratch, timeoutMs: 300_000 });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

async function buildCopy({ module, version, copyOf }: GoProgram & { copyOf: string }, staging: string): Promise<void> {
  const env = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  const source = path.join(staging, 'source');
  await mustRun('cp', ['-r', '--no-preserve=mode', await moduleFolder(copyOf, version, staging), source]);
  const built = path.join(staging, path.posix.basename(module));
  const args = ['go', 'build', '-ldflags=-s -w', '-o', built, `.${module.slice(copyOf.length)}`];
  await mustRun('nice', args, { env, cwd: source, timeoutMs: 2_700_000 });
}

async function build(program: GoProgram, target: string): Promise<void> {
  const { name, module, version, copyOf } = program;
  const staging = path.join(BIN, `.building-${name}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const env = { GOBIN: staging, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  if (copyOf !== undefined) await buildCopy({ ...program, copyOf }, staging);
  else
    await mustRun('nice', ['go', 'install', '-ldflags=-s -w', `${module}@${version}`], { env, timeoutMs: 2_700_000 });
  await rename(path.join(staging, path.posix.basename(module)), target);
  await rm(staging, { recursive: true, force: true });
}

/** Builds what the cache lacks, one after the other: each build uses every core. */
export async function installGoProgram(program: GoProgram): Promise<string> {
  const target = goProgram(program);
  if (await exists(target)) return `${program.version} present`;
  await build(program, target);
  return `${program.version} built`;
}
