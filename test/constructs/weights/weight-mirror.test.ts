import { DISTRIBUTIONS } from '../../../catalog/distributions';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { WeightMirror, type WeightMirrorProps } from '../../../constructs/weights/weight-mirror';
import { digestOf } from '../../../core/digest';
import { objectsOf, podOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const PEM = '-----BEGIN CERTIFICATE-----\n';
const GIB = 1024 ** 3;

const SOURCE = {
  host: 'registry.site.internal:5443',
  destination: { name: 'registry', cidr: '10.0.0.5/32', port: 5443, owner: 'o', reason: 'r' },
};

function mirror(props: Partial<WeightMirrorProps> = {}) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'airlock-mirror', kubernetesVersion: '1.34' });
  new WeightMirror(stack, 'mirror', {
    namespace,
    image: `registry.site.internal:5443/airlock/kit@${digestOf('kit')}`,
    platforms: ['linux/amd64'],
    models: [
      { name: 'b', digest: digestOf('b'), totalBytes: 10 * GIB },
      { name: 'a', digest: digestOf('a'), totalBytes: 10 * GIB },
    ],
    source: SOURCE,
    dns: DISTRIBUTIONS.rke2.dns,
    ...props,
  });
  const plan = stack.plan();
  return {
    objects: objectsOf(plan, 'mirror_release'),
    pod: podOf(plan, 'mirror_release'),
    container: podOf(plan, 'mirror_release').containers[0]!,
    volume: plan.resource['kubernetes_persistent_volume_claim_v1']?.['mirror_volume'],
    policies: Object.keys(plan.resource['kubernetes_network_policy_v1'] ?? {}),
  };
}

describe('WeightMirror', () => {
  it('pins every model by the digest of its manifest, sorted, and fills itself from the registry', () => {
    expect(mirror().container.args).toEqual([
      'mirror',
      '--store',
      '/data/store',
      '--listen',
      '0.0.0.0:8080',
      '--fill-from',
      'https://registry.site.internal:5443',
      '--pin',
      `models/a@${digestOf('a')}`,
      '--pin',
      `models/b@${digestOf('b')}`,
    ]);
  });

  it('pins files that pods fetch beside the models', () => {
    const { args } = mirror({ files: [{ name: 'o200k', digest: digestOf('f'), totalBytes: 1 }] }).container;
    expect(args).toEqual(expect.arrayContaining([`files/o200k@${digestOf('f')}`, `models/a@${digestOf('a')}`]));
  });

  it('fills itself from nowhere where the site has no models', () => {
    expect(mirror({ models: [] }).container.args).toEqual([
      'mirror',
      '--store',
      '/data/store',
      '--listen',
      '0.0.0.0:8080',
    ]);
  });

  it('asks for a volume of the models’ size and a twentieth, which Terraform cannot destroy', () => {
    expect(mirror().volume).toMatchObject({
      spec: { access_modes: ['ReadWriteOnce'], resources: { requests: { storage: '21Gi' } } },
      wait_until_bound: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('asks for a gibibyte at least, and for the storage class of the enclave', () => {
    const { volume } = mirror({ models: [], storageClassName: 'fast' });
    expect(volume?.['spec']).toMatchObject({
      resources: { requests: { storage: '1Gi' } },
      storage_class_name: 'fast',
    });
  });

  it('needs no DNS where the registry is a single address', () => {
    const { pod, policies } = mirror();
    expect(pod.hostAliases).toEqual([{ ip: '10.0.0.5', hostnames: ['registry.site.internal'] }]);
    expect(policies).not.toContain('ns_lockdown_allow-dns');
  });

  it('looks the registry up where its destination is a range', () => {
    const { pod, policies } = mirror({
      source: { ...SOURCE, destination: { ...SOURCE.destination, cidr: '10.0.0.0/28' } },
    });
    expect(pod.hostAliases).toBeUndefined();
    expect(policies).toContain('ns_lockdown_allow-dns');
  });

  it('needs neither for a registry written as an address', () => {
    const { pod, policies } = mirror({ source: { ...SOURCE, host: '10.0.0.5:5443' } });
    expect(pod.hostAliases).toBeUndefined();
    expect(policies).not.toContain('ns_lockdown_allow-dns');
  });

  it('trusts the enclave’s CA, and restarts when it changes', () => {
    const [first, second] = ['one', 'two'].map((ca) => mirror({ source: { ...SOURCE, ca: `${PEM}${ca}` } }));
    expect(first?.container.args?.slice(-2)).toEqual(['--ca', '/etc/airlock/ca/registry-ca.pem']);
    expect(first?.objects.find(({ kind }) => (kind as string) === 'ConfigMap')).toMatchObject({
      data: { 'registry-ca.pem': `${PEM}one` },
    });
    const note = (made: typeof first) =>
      made?.objects.find(({ kind }) => kind === 'Deployment')?.spec.template.metadata;
    expect(note(first)?.annotations).not.toEqual(note(second)?.annotations);
  });

  it('runs anywhere its image runs', () => {
    expect(mirror().pod.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' });
    expect(mirror({ platforms: ['linux/amd64', 'linux/arm64'] }).pod.nodeSelector).toEqual({
      'kubernetes.io/os': 'linux',
    });
  });

  it('stops the old pod before the new one takes the volume', () => {
    expect(mirror().objects.find(({ kind }) => kind === 'Deployment')?.spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
  });
});
