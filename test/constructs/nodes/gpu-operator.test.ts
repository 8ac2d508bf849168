import { operatorLabels, type OperatedPool, operatorRelease } from '../../../catalog/gpu-software';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { GpuOperator, type GpuOperatorProps, operatorValues } from '../../../constructs/nodes/gpu-operator';
import { digestOf } from '../../../core/digest';
import { TestStack } from '../plan';

const POOLS: readonly OperatedPool[] = [
  { name: 'h100', sharing: 'exclusive' },
  { name: 'slices', sharing: { mig: '3g.40gb' } },
  { name: 'shared', sharing: { timeSlicing: 4 } },
];

const IMAGES = Object.fromEntries(
  Object.entries(operatorRelease('26.7.0').images).map(([component, reference]) => [
    component,
    `r.internal:5443/${reference.slice(0, reference.lastIndexOf(':'))}@${digestOf(component)}`,
  ]),
);

function operator(props: Partial<GpuOperatorProps> = {}) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', {
    name: 'airlock-accelerators',
    kubernetesVersion: '1.34',
    podSecurity: 'privileged',
  });
  const all: GpuOperatorProps = {
    namespace,
    chart: { file: '/srv/charts/gpu-operator-v26.7.0.tgz', sha256: 'ab'.repeat(32) },
    images: IMAGES,
    pools: POOLS,
    apiServers: { cidrs: ['10.0.0.11/32'] },
    ...props,
  };
  new GpuOperator(stack, 'operator', all);
  return { plan: stack.plan(), values: operatorValues(all) as Values };
}

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Every place of the values that names an image, with the reference that the chart or the operator makes of it. */
function references(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const { repository, image, version, tag } = value as Record<string, unknown>;
  // NVIDIA/gpu-operator templates/_helpers.tpl and internal/image/image.go: a version that is no digest follows a colon.
  const own =
    typeof image === 'string' ? [[path, image === '' ? '' : `${String(repository)}/${image}:${String(version)}`]] : [];
  const nfd = typeof tag === 'string' ? [[path, `${String(repository)}:${tag}`]] : [];
  return [
    ...([...own, ...nfd] as [string, string][]),
    ...Object.entries(value).flatMap(([key, inner]) => references(inner, `${path}/${key}`)),
  ];
}

describe('GpuOperator', () => {
  it('names every image by the digest of the lock on the registry, and none of what is off', () => {
    const found = references(operator().values);
    expect(new Set(found.map(([, reference]) => reference).filter((reference) => reference !== ''))).toEqual(
      new Set(Object.values(IMAGES)),
    );
    const off = found.filter(([, reference]) => reference === '').map(([path]) => path.slice(1));
    expect(off).toEqual(expect.arrayContaining(['driver', 'dcgm', 'gds', 'vgpuManager', 'ccManager']));
  });

  it('leaves drivers to the nodes', () => {
    expect(operator().values['driver']).toMatchObject({ enabled: false });
  });

  it('cuts and shares the GPUs of each pool as the site says', () => {
    const { values } = operator();
    expect(values['mig']).toEqual({ strategy: 'mixed' });
    const { config } = values['devicePlugin'] as { config: { data: Record<string, string> } };
    expect(Object.keys(config.data)).toEqual(['h100', 'slices', 'shared']);
    expect(config.data['shared']).toContain('"replicas":4');
    expect(operatorLabels(POOLS[1]!)).toEqual({
      'nvidia.com/device-plugin.config': 'slices',
      'nvidia.com/mig.config': 'all-3g.40gb',
    });
  });

  it('says where containerd listens, where it is not the usual place', () => {
    expect(operator().values['toolkit']).not.toHaveProperty('env');
    expect(operator({ containerdSocket: '/run/k3s/containerd/containerd.sock' }).values['toolkit']).toMatchObject({
      env: [{ name: 'CONTAINERD_SOCKET', value: '/run/k3s/containerd/containerd.sock' }],
    });
  });

  it('reaches the API servers and nothing else', () => {
    const policies = operator().plan.resource['kubernetes_network_policy_v1'] ?? {};
    expect(Object.keys(policies).sort()).toEqual(['ns_lockdown_allow-api-servers', 'ns_lockdown_deny-all']);
    expect(JSON.stringify(policies['ns_lockdown_allow-api-servers'])).toContain('10.0.0.11/32');
  });

  it.each<[string, Partial<GpuOperatorProps>, RegExp]>([
    [
      'an image by tag',
      { images: { ...IMAGES, toolkit: 'r.internal/toolkit:v1' } },
      /"r.internal\/toolkit:v1" names no digest/,
    ],
    ['no image for slices', { images: { ...IMAGES, migManager: undefined as never } }, /no image "migManager"/],
    [
      'slices under two kinds of names',
      { pools: [...POOLS, { name: 'single', sharing: { mig: '3g.40gb', strategy: 'single' } }] },
      /name MIG slices in two ways/,
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => operator(props)).toThrow(message);
  });
});
