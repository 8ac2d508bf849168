/** Python sources of what is watched, from wheels, without what they depend on. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE } from '../../harness/paths.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { PARSERS } from '../../real-engines/install/parsers.mjs';
import { SGLANG, VLLM } from '../../real-engines/versions.mjs';
import { LITELLM, PHOENIX } from '../versions.mjs';

const FOLDER = path.join(CACHE, 'metrics');
export const PYTHON_SOURCES = path.join(FOLDER, 'sources');
const WHEELS = [`vllm==${VLLM}`, `sglang==${SGLANG}`, `litellm==${LITELLM}`, `arize-phoenix==${PHOENIX}`];

/** Downloads and unpacks them once for each set of versions. */
export async function installPythonSources(): Promise<string> {
  const wanted = createHash('sha256').update(JSON.stringify(WHEELS)).digest('hex');
  const stamp = path.join(FOLDER, 'sources.sha256');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return `${WHEELS.join(', ')} present`;
  await rm(FOLDER, { recursive: true, force: true });
  const wheels = path.join(FOLDER, 'wheels');
  await mkdir(wheels, { recursive: true });
  const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--no-cache-dir', '--quiet'];
  await mustRun('python3', ['-m', 'pip', 'download', ...options, '--dest', wheels, ...WHEELS], { timeoutMs: 900_000 });
  const files = (await readdir(wheels)).map((name) => path.join(wheels, name));
  await mustRun('python3', [path.join(PARSERS, 'unpack.py'), ...files, PYTHON_SOURCES], { timeoutMs: 300_000 });
  await rm(wheels, { recursive: true });
  await writeFile(stamp, wanted);
  return WHEELS.join(', ');
}
