/** Virtual environments with pinned packages, remade when the pins change. */
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, run } from './processes.mjs';

/** Interpreter of a virtual environment. */
export const pythonOf = (venv: string): string => path.join(venv, 'bin/python');

/** @param requirements file with every package and all their dependencies */
export async function installVenv(venv: string, requirements: string): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const stamp = path.join(venv, 'requirements.sha256');
  const python = pythonOf(venv);
  const works = await run(python, ['--version']).catch(() => undefined);
  if (works?.code === 0 && (await readFile(stamp, 'utf8').catch(() => '')) === wanted) return 'present';
  await rm(venv, { recursive: true, force: true });
  await mustRun('python3', ['-m', 'venv', venv]);
  const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet'];
  await mustRun(python, ['-m', 'pip', 'install', ...options, '-r', requirements], { timeoutMs: 600_000 });
  await writeFile(stamp, wanted);
  return 'installed';
}
