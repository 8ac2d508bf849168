/** What is asked of the fit, from a serving of a site and its lock. */
import { acceleratorOf } from '../../catalog/accelerators';
import type { EngineName } from '../../catalog/engines';
import { gpuUnits } from '../../catalog/gpu-sharing';
import { badInput } from '../../core/errors';
import type { Lock } from '../../site/generated/lock';
import type { Pool, Serving } from '../../site/generated/site';
import { chooseGguf } from '../gguf-file';
import { safetensorsBytes } from '../safetensors-model';
import type { FitDevice, FitRequest } from './estimate';
import { understood } from './understood';

const GGUF_ENGINES: readonly EngineName[] = ['llama.cpp', 'ollama'];

/** The GPUs of a pool as the fit sees them; undefined without any. */
export function fitDevice({
  name,
  accelerator: kind,
  gpusPerNode = 0,
  sharing,
}: Pick<Pool, 'name' | 'accelerator' | 'gpusPerNode' | 'sharing'>): FitDevice | undefined {
  const accelerator = acceleratorOf(kind);
  const { memoryGiB, perGpu, mostPerPod, kind: unit } = gpuUnits(accelerator, sharing);
  if (memoryGiB === undefined) return undefined;
  const { computeCapability } = accelerator;
  return {
    name: `pool "${name}"`,
    memoryGiB,
    perNode: Math.min(gpusPerNode * perGpu, mostPerPod),
    shared: unit === 'turn',
    ...(computeCapability === undefined ? {} : { computeCapability }),
  };
}

/**
 * What a serving of a site asks of its GPUs, with what the lock knows of its models.
 *
 * @throws AirlockError (input) when the lock lacks a model of the serving, or the model has no weights for its engine
 */
export function fitRequest(serving: Serving, lock: Lock, device: FitDevice): FitRequest {
  const locked = (name: string): Lock['models'][number] => {
    const model = lock.models.find((candidate) => candidate.name === name);
    if (model === undefined)
      throw badInput('LOCK_LACKS_ENTRY', `the lock has no model "${name}"`, 'run `airlock lock` for this site');
    return model;
  };
  const { name, model, engine, gpus = 1, adapters = [], file, ...options } = serving;
  const { files, ...described } = locked(model);
  const checkpointBytes = described.shape?.checkpointBytes ?? described.unknownShape?.checkpointBytes;
  const asked = { serving: name, files, ...(file === undefined ? {} : { file }) };
  const adapterFiles = adapters.flatMap((adapter) => locked(adapter.model).files);
  return {
    ...options,
    serving: name,
    engine: engine.name,
    // The index leaves out what the files hold beside the tensors.
    weightBytes: GGUF_ENGINES.includes(engine.name)
      ? chooseGguf(asked).bytes
      : (checkpointBytes ?? safetensorsBytes(engine.name, asked)),
    gpus,
    adapterBytes: adapterFiles.reduce((sum, { size }) => sum + size, 0),
    device,
    ...understood(described),
  };
}
