import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, hexOf } from '../../../core/digest';
import { startMirror } from '../../../offline-bundle/mirror/server';
import { fetchWeights } from '../../../offline-bundle/weights/fetch';
import { ollamaStore } from '../../../site/lock/ollama-store';
import { importInto, scratchFolder } from '../mirror/store-support';
import { seededBytes } from '../../outside-world/bytes';

const dir = scratchFolder();
const GGUF = seededBytes('gguf', 4000);

it('an Ollama store goes the whole way: bundle, store, mirror, pod, over one copy of the weights', async () => {
  const { store, plan, lock } = await importInto(dir(), {
    modelFiles: { 'tiny.gguf': GGUF },
    editLock: ({ models, derived }) => {
      const request = { name: 'small', servedName: 'chat', model: 'tiny' };
      derived.stores = [ollamaStore(models[0]!, request).section];
    },
  });
  expect(plan.blobs.filter(({ digest }) => digest === digestOf(GGUF))).toHaveLength(1);
  const mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
  const into = path.join(dir(), 'models');
  await mkdir(into);
  try {
    const { manifest } = lock.derived.stores![0]!;
    await fetchWeights({
      mirror: new URL(mirror.url),
      contents: [{ kind: 'ollama', name: 'small', manifest: manifest.digest }],
      into,
      version: 'test',
    });
  } finally {
    await mirror.close(0);
  }
  const named = path.join(into, 'manifests/registry.ollama.ai/library/chat/latest');
  const { config, layers } = JSON.parse(await readFile(named, 'utf8')) as {
    config: { digest: string };
    layers: { digest: string; size: number }[];
  };
  for (const { digest } of [config, ...layers]) {
    const blob = await readFile(path.join(into, 'blobs', digest.replace(':', '-')));
    expect(digestOf(blob)).toBe(digest);
  }
  expect(layers).toMatchObject([{ digest: digestOf(GGUF), size: GGUF.length }]);
  expect((await readdir(path.join(into, 'blobs'))).sort()).toEqual(
    [`sha256-${hexOf(digestOf(GGUF))}`, config.digest.replace(':', '-')].sort(),
  );
});
