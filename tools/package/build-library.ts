/** The entry points and what they reach, as JavaScript with declarations. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { LIBRARY } from './manifest';

/**
 * Compiles a checkout into its {@link LIBRARY}.
 *
 * @returns how many files were written
 * @throws Error when it does not compile; the compiler has said why
 */
export function buildLibrary(root: string): number {
  const folder = path.join(root, LIBRARY);
  // What an earlier build left would be shipped.
  rmSync(folder, { recursive: true, force: true });
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.package.json'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('tsconfig.package.json does not compile');
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
