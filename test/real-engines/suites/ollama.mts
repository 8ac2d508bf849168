/** Ollama, built from its Go module, over the store that the kit derives. */
import type { EngineRequest, EngineSpec } from '../../../engines/contract.js';
import { ollama as contract } from '../../../engines/ollama.js';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { OLLAMA_PROGRAM } from '../install/ollama.mjs';
import { ollamaFolder } from '../models.mjs';
import { type ContractCase, holdsItsContract } from './contract.mjs';

const BASE = {
  serving: 'chat',
  version: '0.17.4',
  modelPath: '/models/tiny',
  servedName: 'tiny-chat',
  gpus: 0,
  described: { source: 'gguf', architecture: 'llama' },
} as const;

export async function ollamaServer(suites: (name: string) => Suite): Promise<void> {
  const store = await ollamaFolder(BASE.servedName);
  const common: Omit<ContractCase, 'spec'> = {
    file: OLLAMA_PROGRAM,
    weights: { [BASE.modelPath]: store.folder },
    servedName: BASE.servedName,
    doors: [],
    // It computes in a process of its own, which it asks over HTTP on loopback.
    hasRunner: true,
    more: async (suite, engine) => {
      await suite.check('cannot delete its model', async () => {
        const { status, body } = await engine.ask('/api/delete', 'DELETE', { model: BASE.servedName });
        expect(status >= 400, body);
        const tags = JSON.parse((await engine.ask('/api/tags')).body) as { readonly models: { name: string }[] };
        expectEqual(
          tags.models.map(({ name }) => name),
          [`${BASE.servedName}:latest`],
          'models',
        );
        return String(status);
      });
    },
  };
  const spec = (options: Partial<EngineRequest>): EngineSpec =>
    contract.specify({ ...BASE, files: store.files, ...options });
  await holdsItsContract(suites('ollama'), { ...common, spec: spec({}) });
  const all = { maxModelLen: 2048, concurrency: 2, kvCacheDtype: 'q8_0' } as const;
  await holdsItsContract(suites('ollama, all options'), { ...common, spec: spec(all) });
}
