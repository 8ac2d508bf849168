/** LiteLLM's proxy from PyPI. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GATEWAY_CONTRACTS } from '../../../gateway/index.js';
import { CACHE } from '../../harness/paths.mjs';
import { installVenv, pythonOf } from '../../harness/python.mjs';
import type { GatewayProgram } from './gateway.mjs';

const VENV = path.join(CACHE, 'gateway', 'venv');

/** Its interpreter also has OpenAI's SDK. */
export const PYTHON = pythonOf(VENV);

export const installLitellm = (): Promise<string> =>
  installVenv(VENV, fileURLToPath(new URL('../requirements.txt', import.meta.url)));

export const LITELLM: GatewayProgram = {
  gateway: GATEWAY_CONTRACTS.litellm,
  command: path.join(VENV, 'bin', 'litellm'),
  startSeconds: 120,
};
