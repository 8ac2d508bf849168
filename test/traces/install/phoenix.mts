/** Phoenix and the OpenTelemetry SDK from PyPI, in one virtual environment. */
import path from 'node:path';
import { installVenv, pythonOf } from '../../harness/python.mjs';
import { CLIENTS, TRACES_CACHE } from '../paths.mjs';

/** The environment. */
export const VENV = path.join(TRACES_CACHE, 'venv');

/** The environment's interpreter. */
export const PYTHON = pythonOf(VENV);
/** Phoenix's own program. */
export const PHOENIX = path.join(VENV, 'bin/phoenix');

export const installPhoenix = (): Promise<string> => installVenv(VENV, path.join(CLIENTS, 'requirements.txt'));
