/** llama-server, built from source: as the contract starts it with the fewest options, and with all of them. */
import { llamaCpp } from '../../../engines/llama-cpp.js';
import { mustRun } from '../../harness/processes.mjs';
import { expectEqual, type Suite } from '../../harness/report.mjs';
import { LLAMA_SERVER } from '../install/llama-server.mjs';
import { ggufAdapter, ggufModel } from '../models.mjs';
import { type ContractCase, type Door, holdsItsContract } from './contract.mjs';
import { knowsFlags } from './flags.mjs';

const BASE = {
  serving: 'chat',
  version: 'b10068',
  modelPath: '/models/tiny',
  servedName: 'tiny-chat',
  gpus: 0,
  described: { source: 'gguf', architecture: 'llama' },
} as const;
const DOORS: readonly Door[] = [
  { path: '/', method: 'GET', status: 404 },
  { path: '/slots', method: 'GET', status: 501 },
  { path: '/props', method: 'POST', body: {}, status: 501 },
  { path: '/tools', method: 'GET', status: 403 },
  // It generates; embeddings need an argument, and then there is nothing else.
  { path: '/v1/embeddings', method: 'POST', body: { model: BASE.servedName, input: 'a' }, status: 501 },
  { path: '/models/load', method: 'POST', body: { model: 'x' }, status: 404 },
];

export async function llamaServer(suites: (name: string) => Suite): Promise<void> {
  const model = await ggufModel();
  const common = { file: LLAMA_SERVER, servedName: BASE.servedName, doors: DOORS, hasRunner: false } as const;
  const plain: ContractCase = {
    ...common,
    spec: llamaCpp.specify({ ...BASE, files: model.files, maxModelLen: 2048 }),
    weights: { [BASE.modelPath]: model.folder },
  };
  await holdsItsContract(suites('llama.cpp'), plain);
  await knowsFlags(suites('llama.cpp'), llamaCpp, async () => {
    const { stdout } = await mustRun(LLAMA_SERVER, ['--help']);
    const lines = stdout.split('\n').filter((line) => line.startsWith('-'));
    return lines.flatMap((line) => [...line.matchAll(/(?<=^|[ ,])--?[a-zA-Z][\w-]*/g)].map(([flag]) => flag));
  });
  const adapter = await ggufAdapter();
  const full: ContractCase = {
    ...common,
    spec: llamaCpp.specify({
      ...BASE,
      files: model.files,
      maxModelLen: 1024,
      concurrency: 2,
      kvCacheDtype: 'q8_0',
      chatTemplate: 'chat.jinja',
      adapters: [{ name: 'tone', path: '/adapters/tone', files: adapter.files }],
    }),
    weights: { [BASE.modelPath]: model.folder, '/adapters/tone': adapter.folder },
    more: async (suite, engine) => {
      await suite.check('has the adapter', async () => {
        const loaded = JSON.parse((await engine.ask('/lora-adapters')).body) as { readonly path: string }[];
        expectEqual(
          loaded.map(({ path }) => path),
          ['/adapters/tone/tone.gguf'],
          'adapters',
        );
        return '/adapters/tone/tone.gguf';
      });
      await suite.check('shares its context out among the slots of the serving', async () => {
        const props = JSON.parse((await engine.ask('/props')).body) as {
          readonly total_slots: number;
          readonly default_generation_settings: { readonly n_ctx: number };
        };
        expectEqual([props.total_slots, props.default_generation_settings.n_ctx], [2, 1024], 'slots, context of each');
        return '2 slots of 1024 tokens';
      });
    },
  };
  await holdsItsContract(suites('llama.cpp, all options'), full);
}
