/** Accelerators that a pool may carry, as the cluster sees them. */
import type { AcceleratorVendor } from './engines';

export interface Accelerator {
  readonly vendor: AcceleratorVendor;
  /** Extended resource that the device plugin publishes; absent on CPU pools. */
  readonly resource?: string;
  /** Value of the label `nvidia.com/gpu.product` that GPU feature discovery writes. */
  readonly product?: string;
  /** GPU memory visible to a process, GiB. */
  readonly memoryGiB?: number;
}

/** Memory: NVIDIA data sheets; "80 GB" H100 shows about 79.25 GiB to a process (`nvidia-smi`). */
export const ACCELERATORS: Readonly<Record<string, Accelerator>> = {
  none: { vendor: 'none' },
  'nvidia-a100-80gb': {
    vendor: 'nvidia',
    resource: 'nvidia.com/gpu',
    product: 'NVIDIA-A100-SXM4-80GB',
    memoryGiB: 79.15,
  },
  'nvidia-h100-80gb': {
    vendor: 'nvidia',
    resource: 'nvidia.com/gpu',
    product: 'NVIDIA-H100-80GB-HBM3',
    memoryGiB: 79.25,
  },
  'nvidia-h200-141gb': { vendor: 'nvidia', resource: 'nvidia.com/gpu', product: 'NVIDIA-H200', memoryGiB: 139.8 },
  'nvidia-l40s-48gb': { vendor: 'nvidia', resource: 'nvidia.com/gpu', product: 'NVIDIA-L40S', memoryGiB: 44.9 },
};
