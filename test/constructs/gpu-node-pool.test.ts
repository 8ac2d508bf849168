import { ACCELERATORS } from '../../catalog/accelerators';
import { GpuNodePool, type GpuNodePoolProps } from '../../constructs/gpu-node-pool';
import { TestStack } from './plan';

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
    const check = () => made().pool.checkCapacity('chat', replicas, gpus);
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });
});
