import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { ConfigMap, PodSpec } from 'kubernetes-types/core/v1';
import { ACCELERATORS } from '../../../catalog/accelerators';
import type { GpuSharing } from '../../../catalog/gpu-sharing';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { DevicePlugin } from '../../../constructs/nodes/device-plugin';
import { GpuNodePool } from '../../../constructs/nodes/gpu-node-pool';
import { digestOf } from '../../../core/digest';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

function plugin(sharing: GpuSharing = 'exclusive', accelerator = 'nvidia-h100-80gb') {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', {
    name: 'airlock-accelerators',
    kubernetesVersion: '1.34',
    podSecurity: 'privileged',
  });
  const pool = new GpuNodePool(stack, 'pool', {
    name: 'h100',
    accelerator: ACCELERATORS[accelerator]!,
    platform: 'linux/amd64',
    nodes: ['gpu-01'],
    ...(accelerator === 'none' ? {} : { gpusPerNode: 8, sharing }),
    runtimeClass: 'nvidia',
    toolkitVersion: '1.19.1',
  });
  new DevicePlugin(stack, 'plugin', { namespace, pool, image: `r.internal/plugin@${digestOf('plugin')}` });
  const plan = stack.plan();
  const [config, daemonSet] = objectsOf(plan, 'plugin_release') as unknown as [ConfigMap, DaemonSet];
  const { template } = daemonSet.spec!;
  const pod: PodSpec = template.spec!;
  return {
    pod,
    container: pod.containers[0]!,
    annotations: template.metadata?.annotations,
    settings: JSON.parse(config.data?.['config.json'] ?? '') as object,
    labels: plan.resource['kubernetes_namespace_v1']?.['ns']?.['metadata'],
  };
}

describe('DevicePlugin', () => {
  it('runs on the nodes of its pool, with the runtime that gives it NVIDIA’s library', () => {
    const { pod } = plugin();
    expect(pod.nodeSelector).toMatchObject({ 'airlock.dev/pool': 'h100' });
    expect(pod.tolerations).toEqual([{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }]);
    expect(pod).toMatchObject({ runtimeClassName: 'airlock-h100', priorityClassName: 'system-node-critical' });
  });

  it('reaches the folder of the kubelet and nothing else of the node', () => {
    const { pod, container } = plugin();
    expect(pod.volumes).toEqual([
      { name: 'sockets', hostPath: { path: '/var/lib/kubelet/device-plugins', type: 'Directory' } },
      { name: 'config', configMap: { name: 'nvidia-device-plugin-h100' } },
    ]);
    expect(pod.automountServiceAccountToken).toBe(false);
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(field);
    expect(container.securityContext).toEqual({
      runAsNonRoot: false,
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it.each<[string, GpuSharing, object]>([
    ['whole GPUs', 'exclusive', { version: 'v1', flags: { migStrategy: 'none' } }],
    ['slices by their names', { mig: '3g.40gb' }, { version: 'v1', flags: { migStrategy: 'mixed' } }],
    ['slices as GPUs', { mig: '3g.40gb', strategy: 'single' }, { version: 'v1', flags: { migStrategy: 'single' } }],
    [
      'turns under another name, one for each pod',
      { timeSlicing: 4 },
      {
        version: 'v1',
        flags: { migStrategy: 'none' },
        sharing: {
          timeSlicing: {
            renameByDefault: true,
            failRequestsGreaterThanOne: true,
            resources: [{ name: 'nvidia.com/gpu', replicas: 4 }],
          },
        },
      },
    ],
  ])('publishes %s', (_what, sharing, settings) => {
    expect(plugin(sharing).settings).toEqual(settings);
  });

  it('has the capability that watches slices where there are slices', () => {
    const { container } = plugin({ mig: '3g.40gb' });
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: true,
      capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
    });
    expect(container.env).toContainEqual({ name: 'NVIDIA_MIG_MONITOR_DEVICES', value: 'all' });
  });

  it('restarts when the way of sharing changes', () => {
    expect(plugin({ timeSlicing: 2 }).annotations).not.toEqual(plugin({ timeSlicing: 4 }).annotations);
  });

  it('lives in a namespace that says what it is', () => {
    expect(plugin().labels).toMatchObject({ labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } });
  });

  it('is refused for a pool without GPUs', () => {
    expect(() => plugin('exclusive', 'none')).toThrow('pool "h100" has no GPUs for a device plugin');
  });
});
