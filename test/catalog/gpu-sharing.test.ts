import { ACCELERATORS } from '../../catalog/accelerators';
import { gpuUnits } from '../../catalog/gpu-sharing';
import { cudaOfDriver } from '../../catalog/nvidia-host';
import type { AirlockError } from '../../core/errors';

const accelerator = (name: string) => ACCELERATORS[name]!;

describe('MIG profiles', () => {
  const cuttable = Object.entries(ACCELERATORS).filter(([, { mig }]) => mig !== undefined);

  it('are those of GPUs that can be cut', () => {
    expect(cuttable.map(([name]) => name)).toEqual([
      'nvidia-a100-40gb',
      'nvidia-a100-80gb',
      'nvidia-h100-80gb',
      'nvidia-h100-nvl-94gb',
      'nvidia-h200-141gb',
      'nvidia-b200-180gb',
      'nvidia-rtx-pro-6000-96gb',
    ]);
  });

  it.each(cuttable)('of %s never give more than the GPU has, and are named after what they give', (_name, entry) => {
    for (const [name, { instances, share }] of Object.entries(entry.mig ?? {})) {
      const { memoryGiB = 0 } = gpuUnits(entry, { mig: name });
      expect(instances * share).toBeLessThanOrEqual(1);
      expect(memoryGiB * instances).toBeLessThan(entry.memoryGiB ?? 0);
      // Names round: half a gigabyte and what GB and GiB differ by.
      const named = Number(/\.(\d+)gb$/.exec(name)?.[1]);
      expect(memoryGiB / named).toBeGreaterThan(0.9);
      expect(memoryGiB).toBeLessThanOrEqual(named);
    }
  });
});

describe('gpuUnits', () => {
  it.each([
    ['nvidia-h100-80gb', { mig: '1g.5gb' }, /profiles: 1g\.10gb, 1g\.20gb/],
    ['nvidia-l4-24gb', { mig: '1g.5gb' }, /cannot be cut/],
    ['nvidia-h100-80gb', {}, /one of mig and timeSlicing/],
    ['nvidia-h100-80gb', { mig: '1g.10gb', timeSlicing: 2 }, /one of mig and timeSlicing/],
    ['nvidia-h100-80gb', { timeSlicing: 2, strategy: 'single' as const }, /remove it/],
    ['none', { timeSlicing: 2 }, /name the accelerator/],
  ])('refuses %s shared as %j', (name, sharing, fix) => {
    let refused: AirlockError | undefined;
    try {
      gpuUnits(accelerator(name), sharing);
    } catch (error) {
      refused = error as AirlockError;
    }
    expect(refused?.fix).toMatch(fix);
  });
});

describe('cudaOfDriver', () => {
  it.each([
    ['535.183.06', [12, 2]],
    ['550', [12, 4]],
    ['570.133.20', [12, 8]],
    ['575', [12, 9]],
    ['580.95.05', [13, 0]],
    ['470', [0, 0]],
    ['700', undefined],
  ])('of %s is %j', (driver, cuda) => {
    expect(cudaOfDriver(driver)).toEqual(cuda);
  });
});
