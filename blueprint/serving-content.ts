/** What a serving serves, by the lock: model, adapters and side artifacts, each pinned. */
import { sideArtifacts } from '../catalog/side-artifacts';
import { badInput } from '../core/errors';
import type { ServedArtifact, ServedModel } from '../engines/weights/content';
import type { Pool, Serving } from '../site/generated/site';
import { lookup } from '../site/lock/lock-lookup';
import { poolPlatform } from '../site/requests/requests';
import type { Inputs } from './inputs';

/**
 * @param ollama serving whose Ollama store takes the place of the files
 * @throws AirlockError (input) when the lock lacks it in the form that the pool wants
 */
export function servedModel({ site, enclave, lock }: Inputs, name: string, pool: Pool, ollama?: string): ServedModel {
  const model = lock.models.find((candidate) => candidate.name === name);
  if (model === undefined)
    throw badInput('LOCK_LACKS_ENTRY', `the lock has no model "${name}"`, 'run `airlock lock` for this site');
  const { files, shape, unknownShape } = model;
  const locked = lookup(lock);
  const way = pool.weights ?? 'fetch';
  if (way === 'image' && ollama !== undefined) {
    throw badInput(
      'WEIGHTS_WAY_UNSUPPORTED',
      `serving "${ollama}": Ollama cannot load an image volume of pool "${pool.name}"`,
      'it needs a folder of its own form: choose a pool with weights: fetch, cache or claim',
    );
  }
  return {
    ...{ name, files },
    ...locked.modelManifest(name),
    ...(shape === undefined ? {} : { shape }),
    ...(unknownShape === undefined ? {} : { unknownShape }),
    ...(way === 'image' || way === 'claim' ? { manifest: locked.modelManifestText(name) } : {}),
    ...(way === 'image' ? { image: locked.modelImageReference(enclave, name, poolPlatform(site, pool)) } : {}),
    ...(ollama === undefined ? {} : { store: locked.ollamaStore(ollama) }),
  };
}

/** What the engine would fetch from the internet. */
export function servedArtifacts({ site, lock }: Inputs, { engine, model }: Serving): ServedArtifact[] {
  const repository = site.models.find((candidate) => candidate.name === model)?.source.repository ?? '';
  const locked = lookup(lock);
  return sideArtifacts(engine.name, repository).map(({ name, files }) => ({
    name,
    files: files.map((file) => ({ name: file.name, ...locked.fileManifest(file.name) })),
  }));
}
