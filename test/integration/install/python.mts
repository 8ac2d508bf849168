/** The PyPI packages of the integration tier. */
import path from 'node:path';
import { mustRun } from '../../harness/processes.mjs';
import { installVenv, pythonOf } from '../../harness/python.mjs';
import { CLIENTS, INTEGRATION_CACHE } from '../paths.mjs';
import { MINILM } from './versions.mjs';

const VENV = path.join(INTEGRATION_CACHE, 'venv');

/** The environment's interpreter. */
export const PYTHON = pythonOf(VENV);

export const installPythonPackages = (): Promise<string> => installVenv(VENV, path.join(CLIENTS, 'requirements.txt'));

/** Folder of the model inside the package that carries it. */
export async function minilmFolder(): Promise<string> {
  const code = `import importlib.util as u, os; print(os.path.dirname(u.find_spec("${MINILM.package}").origin))`;
  const { stdout } = await mustRun(PYTHON, ['-c', code]);
  return path.join(stdout.trim(), 'model');
}
