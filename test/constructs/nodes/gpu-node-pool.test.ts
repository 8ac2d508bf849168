import { ACCELERATORS } from '../../../catalog/accelerators';
import type { AirlockError } from '../../../core/errors';
import { GpuNodePool, type GpuNodePoolProps } from '../../../constructs/nodes/gpu-node-pool';
import { checkCapacity, checkDriver, checkMemoryFraction, unitsPerNode } from '../../../engines/pool';
import { TestStack } from '../plan';

function made(props: Partial<GpuNodePoolProps> = {}) {
  const stack = new TestStack();
  const pool = new GpuNodePool(stack, 'pool', {
    name: 'h100',
    accelerator: ACCELERATORS['nvidia-h100-80gb']!,
    platform: 'linux/amd64',
    nodes: ['gpu-01', 'gpu-02'],
    gpusPerNode: 8,
    ...props,
  });
  return { pool, resource: () => stack.plan().resource };
}

const cpu = { accelerator: ACCELERATORS['none']!, gpusPerNode: 0 };

describe('GpuNodePool', () => {
  it('keeps other pods off GPU nodes by a taint that its own pods tolerate', () => {
    const { pool } = made();
    expect(pool.taints).toEqual([{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
    expect(pool.tolerations).toEqual([{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }]);
  });

  it('selects nodes by pool, system and architecture', () => {
    expect(made({ platform: 'linux/arm64' }).pool.nodeSelector).toEqual({
      'airlock.dev/pool': 'h100',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'arm64',
    });
  });

  it('needs neither taint nor GPU resources without accelerators', () => {
    const { pool } = made(cpu);
    expect([pool.taints, pool.tolerations, pool.gpuResources(0)]).toEqual([[], [], {}]);
  });

  it('requests whole GPUs of the accelerator’s resource', () => {
    expect(made().pool.gpuResources(2)).toEqual({ 'nvidia.com/gpu': '2' });
  });

  it('names its classes after the pool, so that they never collide with those of the operator', () => {
    const { pool, resource } = made({ runtimeClass: 'nvidia' });
    expect([pool.priorityClassName, pool.runtimeClassName]).toEqual(['airlock-h100', 'airlock-h100']);
    expect(resource()['kubernetes_runtime_class_v1']?.['pool_runtime']).toMatchObject({
      handler: 'nvidia',
      metadata: { name: 'airlock-h100' },
    });
  });

  it('makes no runtime class where the site names none', () => {
    const { pool, resource } = made();
    expect(pool.runtimeClassName).toBeUndefined();
    expect(resource()['kubernetes_runtime_class_v1']).toBeUndefined();
  });

  it.each([
    [1, 8, undefined],
    [2, 8, undefined],
    [16, 1, undefined],
    [6, 3, /room for 4 \(2 nodes of 8\)/],
    [1, 9, /nodes of pool "h100" have 8/],
  ])('judges %i replicas of %i GPUs', (replicas, gpus, message) => {
    const check = () => checkCapacity(made().pool.places, 'chat', replicas, gpus);
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });
});

describe('sharing of a pool', () => {
  const mig = (sharing: object) => made({ sharing: { mig: '1g.10gb', ...sharing } }).pool;

  it('names MIG slices after their profile, or as GPUs where the device plugin does so', () => {
    expect(mig({}).gpuResources(1)).toEqual({ 'nvidia.com/mig-1g.10gb': '1' });
    expect(mig({ strategy: 'single' }).gpuResources(1)).toEqual({ 'nvidia.com/gpu': '1' });
  });

  it('counts slices, each with its part of the memory', () => {
    const pool = mig({});
    expect(unitsPerNode(pool)).toBe(56);
    expect(pool.units.memoryGiB).toBeCloseTo(9.5, 1);
    expect(() => checkCapacity(pool.places, 'chat', 112, 1)).not.toThrow();
    expect(() => checkCapacity(pool.places, 'chat', 113, 1)).toThrow(/room for 112 \(2 nodes of 56\)/);
  });

  it.each([
    ['MIG slices', { mig: '1g.10gb' }],
    ['turns', { timeSlicing: 4 }],
  ])('refuses tensor parallel over %s', (_what, sharing) => {
    expect(() => checkCapacity(made({ sharing }).pool.places, 'chat', 1, 2)).toThrow(/a pod can use one alone/);
  });

  it('gives turns on a GPU another resource, and each a fair share of the memory', () => {
    const { pool } = made({ sharing: { timeSlicing: 4 } });
    expect(pool.gpuResources(1)).toEqual({ 'nvidia.com/gpu.shared': '1' });
    expect([unitsPerNode(pool), pool.units.memoryGiB]).toEqual([32, 79.25 / 4]);
  });

  it('demands that engines leave the memory of the other turns alone', () => {
    const { pool } = made({ sharing: { timeSlicing: 3 } });
    expect(() => checkMemoryFraction(pool.places, 'chat', 0.33)).not.toThrow();
    for (const fraction of [undefined, 0.4])
      expect(() => checkMemoryFraction(pool.places, 'chat', fraction)).toThrow(/3 pods/);
    expect(() => checkMemoryFraction(made().pool.places, 'chat', undefined)).not.toThrow();
  });

  it('keeps the taint of the pool, whatever its resources are called', () => {
    expect(mig({}).taints).toEqual(made().pool.taints);
  });
});

describe('what the nodes of a pool can run', () => {
  it.each<[Partial<GpuNodePoolProps>, boolean]>([
    [{ runtimeClass: 'nvidia' }, true],
    [{}, false],
    [{ runtimeClass: 'nvidia-cdi' }, false],
    [{ toolkitVersion: '1.19.1' }, true],
    [{ toolkitVersion: '1.20.0', runtimeClass: 'nvidia' }, false],
    [{ toolkitVersion: '1.20.0', readOnlyRootFilesystem: true }, true],
    [cpu, true],
  ])('with %j, a read-only root: %s', (props, expected) => {
    expect(made(props).pool.readOnlyRootFilesystem).toBe(expected);
  });

  it('refuses an image with a newer CUDA than the driver runs, and says which driver would', () => {
    const { pool } = made({ driverVersion: '570.133.20' });
    expect(() => checkDriver(pool.places, 'chat', '12.8')).not.toThrow();
    expect(() => checkDriver(pool.places, 'chat', undefined)).not.toThrow();
    let fix = '';
    try {
      checkDriver(pool.places, 'chat', '13.0');
    } catch (error) {
      ({ fix = '' } = error as AirlockError);
    }
    expect(fix).toMatch(/R580 or newer.*CUDA 12\.8 or older/);
    expect(() => checkDriver(made().pool.places, 'chat', '13.0')).not.toThrow();
  });
});

describe('live nodes', () => {
  it('are neither read nor changed, unless the pool says so', () => {
    expect(Object.keys(made().resource())).toEqual(['kubernetes_priority_class_v1']);
  });

  it('get label and taint where the pool says so, without overwriting what others have set', () => {
    const resources = made({ manageNodes: true }).resource();
    expect(resources['kubernetes_labels']?.['pool_node-0-labels']).toMatchObject({
      kind: 'Node',
      metadata: { name: 'gpu-01' },
      labels: { 'airlock.dev/pool': 'h100' },
      force: false,
    });
    expect(resources['kubernetes_node_taint']?.['pool_node-1-taints']).toMatchObject({
      metadata: { name: 'gpu-02' },
      taint: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
      force: false,
    });
    expect(made({ ...cpu, manageNodes: true }).resource()['kubernetes_node_taint']).toBeUndefined();
  });
});
