/** Accelerators that a pool may carry, as the cluster sees them. */
import { badInput } from '../core/errors';
import type { AcceleratorVendor } from './engines';

/** A size into which GPUs of one kind can be cut. */
export interface MigProfile {
  /** How many of it one GPU gives. */
  readonly instances: number;
  /** Share of the GPU's memory. */
  readonly share: number;
}

/** A kind of GPU, or none. */
export interface Accelerator {
  readonly vendor: AcceleratorVendor;
  /** Extended resource that the device plugin publishes for whole GPUs; absent on CPU pools. */
  readonly resource?: string;
  /** Value of the label `nvidia.com/gpu.product` that GPU feature discovery writes. */
  readonly product?: string;
  /** GPU memory visible to a process, GiB. */
  readonly memoryGiB?: number;
  /** CUDA compute capability, major and minor; 8.9 and more have FP8, 10.0 and more (Blackwell) NVFP4. */
  readonly computeCapability?: readonly [number, number];
  /**
   * MIG profiles by name, where the GPU has them.
   *
   * @default - it cannot be cut
   */
  readonly mig?: Readonly<Record<string, MigProfile>>;
}

/** Profiles of a GPU with eight memory slices, by the sizes in their names, from one eighth to the whole. */
const eighths = (one: string, double: string, half: string, whole: string): Record<string, MigProfile> => ({
  [`1g.${one}`]: { instances: 7, share: 1 / 8 },
  [`1g.${double}`]: { instances: 4, share: 1 / 4 },
  [`2g.${double}`]: { instances: 3, share: 1 / 4 },
  [`3g.${half}`]: { instances: 2, share: 1 / 2 },
  [`4g.${half}`]: { instances: 1, share: 1 / 2 },
  [`7g.${whole}`]: { instances: 1, share: 1 },
});

const nvidia = (
  product: string,
  memoryGiB: number,
  computeCapability: readonly [number, number],
  mig?: Readonly<Record<string, MigProfile>>,
): Accelerator => ({
  vendor: 'nvidia',
  resource: 'nvidia.com/gpu',
  product,
  memoryGiB,
  computeCapability,
  ...(mig === undefined ? {} : { mig }),
});

/**
 * Memory: what `nvidia-smi` shows of each product, less what the driver keeps; "80 GB" H100 shows about 79.25 GiB to a
 * process. Compute capability: https://developer.nvidia.com/cuda-gpus. MIG: NVIDIA's MIG User Guide, "Supported MIG Profiles".
 */
export const ACCELERATORS: Readonly<Record<string, Accelerator>> = {
  none: { vendor: 'none' },
  'nvidia-a10-24gb': nvidia('NVIDIA-A10', 22, [8, 6]),
  'nvidia-a100-40gb': nvidia('NVIDIA-A100-SXM4-40GB', 39.4, [8, 0], eighths('5gb', '10gb', '20gb', '40gb')),
  'nvidia-a100-80gb': nvidia('NVIDIA-A100-SXM4-80GB', 79.15, [8, 0], eighths('10gb', '20gb', '40gb', '80gb')),
  'nvidia-l4-24gb': nvidia('NVIDIA-L4', 22, [8, 9]),
  'nvidia-l40s-48gb': nvidia('NVIDIA-L40S', 44.9, [8, 9]),
  'nvidia-h100-80gb': nvidia('NVIDIA-H100-80GB-HBM3', 79.25, [9, 0], eighths('10gb', '20gb', '40gb', '80gb')),
  'nvidia-h100-nvl-94gb': nvidia('NVIDIA-H100-NVL', 93, [9, 0], eighths('12gb', '24gb', '47gb', '94gb')),
  'nvidia-h200-141gb': nvidia('NVIDIA-H200', 139.8, [9, 0], eighths('18gb', '35gb', '71gb', '141gb')),
  'nvidia-b200-180gb': nvidia('NVIDIA-B200', 178.5, [10, 0], eighths('23gb', '45gb', '90gb', '180gb')),
  'nvidia-rtx-pro-6000-96gb': nvidia('NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition', 95, [12, 0], {
    '1g.24gb': { instances: 4, share: 1 / 4 },
    '2g.48gb': { instances: 2, share: 1 / 2 },
    '4g.96gb': { instances: 1, share: 1 },
  }),
};

/**
 * An accelerator by the name that the site writes.
 *
 * @throws AirlockError (input) when there is none of that name
 */
export function acceleratorOf(name: string): Accelerator {
  const accelerator = ACCELERATORS[name];
  if (accelerator === undefined)
    throw badInput(
      'ACCELERATOR_UNKNOWN',
      `unknown accelerator "${name}"`,
      `known: ${Object.keys(ACCELERATORS).join(', ')}`,
    );
  return accelerator;
}
