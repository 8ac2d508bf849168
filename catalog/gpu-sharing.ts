/** How the GPUs of a pool are handed out, and what that does to resource names, capacity and memory. */
import { badInput } from '../core/errors';
import type { Accelerator } from './accelerators';

/** Whole GPUs, slices of them (MIG), or turns on them. */
export type GpuSharing =
  | 'exclusive'
  | {
      /** MIG profile that every GPU is cut into. */
      readonly mig?: string;
      /** How the device plugin names slices; `mixed` by default, so that nothing meant for a whole GPU gets one. */
      readonly strategy?: 'mixed' | 'single';
      /** Pods that take turns on one GPU. */
      readonly timeSlicing?: number;
    };

/** What the scheduler hands out of a pool. */
export interface GpuUnits {
  readonly kind: 'gpu' | 'mig' | 'turn';
  /** Plural, for messages. */
  readonly noun: string;
  /** Extended resource; absent without accelerators. */
  readonly resource?: string;
  readonly perGpu: number;
  /** Most units that one pod may have on a node of a pool. */
  readonly mostPerPod: number;
  /** Memory that a unit may take, GiB: its own with MIG, its fair share with turns, which nothing enforces. */
  readonly memoryGiB?: number;
}

/** What a slice's own structures take, at most (`nvidia-smi mig -lgip` in NVIDIA's MIG User Guide). */
const SLICE_OVERHEAD_GIB = 0.4;

function migUnits({ resource, memoryGiB = 0, mig = {} }: Accelerator, name: string, strategy: string): GpuUnits {
  const profile = mig[name];
  if (profile === undefined) {
    const known = Object.keys(mig).join(', ');
    throw badInput(
      'GPU_SHARING_INVALID',
      `MIG profile "${name}" does not exist for this accelerator`,
      known === '' ? 'it cannot be cut: write sharing: exclusive' : `profiles: ${known}`,
    );
  }
  return {
    kind: 'mig',
    noun: `MIG slices ${name}`,
    // NVIDIA/k8s-device-plugin, "MIG Strategy": `single` publishes slices as if they were GPUs.
    ...(resource === undefined ? {} : { resource: strategy === 'single' ? resource : `nvidia.com/mig-${name}` }),
    perGpu: profile.instances,
    // A process sees one slice alone (NVIDIA's MIG User Guide, "CUDA Device Enumeration").
    mostPerPod: 1,
    memoryGiB: memoryGiB * profile.share - SLICE_OVERHEAD_GIB,
  };
}

/**
 * What the scheduler hands out.
 *
 * Turns are those of the device plugin with `renameByDefault` and `failRequestsGreaterThanOne` (NVIDIA/k8s-device-plugin,
 * "Shared Access to GPUs"): another resource name, and one turn for each pod.
 *
 * @throws AirlockError (input) for a profile that the accelerator lacks, and for both or neither way of sharing
 */
export function gpuUnits(accelerator: Accelerator, sharing: GpuSharing = 'exclusive'): GpuUnits {
  const { resource, memoryGiB } = accelerator;
  if (sharing === 'exclusive') {
    return {
      kind: 'gpu',
      noun: 'GPUs',
      ...(resource === undefined ? {} : { resource }),
      perGpu: 1,
      mostPerPod: Infinity,
      ...(memoryGiB === undefined ? {} : { memoryGiB }),
    };
  }
  if (resource === undefined)
    throw badInput('GPU_SHARING_INVALID', 'there are no GPUs to share', 'remove sharing or name the accelerator');
  const { mig, strategy, timeSlicing } = sharing;
  if ((mig === undefined) === (timeSlicing === undefined))
    throw badInput('GPU_SHARING_INVALID', 'GPUs are either cut or shared in turns', 'write one of mig and timeSlicing');
  if (mig !== undefined) return migUnits(accelerator, mig, strategy ?? 'mixed');
  if (strategy !== undefined)
    throw badInput('GPU_SHARING_INVALID', 'strategy without mig', 'remove it: it names MIG slices');
  const turns = timeSlicing ?? 1;
  return {
    kind: 'turn',
    noun: 'shares',
    resource: `${resource}.shared`,
    perGpu: turns,
    mostPerPod: 1,
    ...(memoryGiB === undefined ? {} : { memoryGiB: memoryGiB / turns }),
  };
}
