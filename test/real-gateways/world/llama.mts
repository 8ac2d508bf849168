/** Real llama.cpp servers, as their contract starts them. */
import { llamaCpp } from '../../../engines/llama-cpp.js';
import { type Service, startService } from '../../harness/processes.mjs';
import { LLAMA_SERVER } from '../../real-engines/install/llama-server.mjs';
import { ggufModel } from '../../real-engines/models.mjs';
import { isReady } from './is-ready.mjs';

export interface LlamaServer {
  readonly url: string;
  readonly service: Service;
}

export interface LlamaChoices {
  /**
   * A text that every answer consists of.
   *
   * @default - what the random weights say
   */
  readonly says?: string;
  /**
   * Threads that compute.
   *
   * @default - the engine's own choice
   */
  readonly threads?: number;
}

export async function startLlama(
  port: number,
  servedName: string,
  { says, threads }: LlamaChoices = {},
): Promise<LlamaServer> {
  const model = await ggufModel();
  const spec = llamaCpp.specify({
    ...{ serving: servedName, version: 'b10068', modelPath: model.folder, servedName, files: model.files, gpus: 0 },
    maxModelLen: 4096,
    concurrency: 4,
  });
  const args = spec.args.map((arg, at) => (spec.args[at - 1] === '--port' ? String(port) : arg));
  const chosen = [
    ...(says === undefined ? [] : ['--grammar', `root ::= ${JSON.stringify(says)}`]),
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
  ];
  const { readiness } = spec.probes;
  if (typeof readiness !== 'string') throw new Error('llama.cpp is asked by a path');
  const url = `http://127.0.0.1:${String(port)}`;
  const service = await startService(LLAMA_SERVER, [...args, ...chosen], {
    env: { ...spec.env, HOME: model.folder },
    ready: () => isReady(`${url}${readiness}`),
  });
  return { url, service };
}
