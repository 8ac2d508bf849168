import type { CniName } from '../../catalog/cni';
import { DISTRIBUTIONS, type DistributionName } from '../../catalog/distributions';
import { type Inputs, inputs, podOf, releasesOf, synth } from './synthesized';

const PLUGINS: Readonly<Record<string, CniName>> = { kubeadm: 'cilium', talos: 'cilium' };

function on(distribution: DistributionName, change: (given: Inputs) => void = () => undefined) {
  const given = inputs();
  const cni = PLUGINS[distribution];
  given.site.cluster = { ...given.site.cluster, distribution, ...(cni === undefined ? {} : { cni }) };
  change(given);
  return synth(given);
}

describe('OpenShift', () => {
  it('lets every user and group of every pod be one that its namespace may have', () => {
    const { stack } = on('openshift');
    for (const name of ['mirror', 'serving']) {
      const { annotations } = stack(name).resource['kubernetes_namespace_v1']?.['namespace']?.['metadata'] as {
        annotations: Record<string, string>;
      };
      const [start = 0, size = 0] = (annotations['openshift.io/sa.scc.uid-range'] ?? '').split('/').map(Number);
      const [group] = (annotations['openshift.io/sa.scc.supplemental-groups'] ?? '').split('/').map(Number);
      for (const release of releasesOf(stack(name))) {
        const { securityContext, containers, initContainers = [] } = podOf(stack(name), release);
        // An SCC takes the first group of the range alone.
        expect(securityContext?.fsGroup).toBe(group);
        for (const { securityContext: own } of [...initContainers, ...containers]) {
          expect(own?.runAsUser).toBeGreaterThanOrEqual(start);
          expect(own?.runAsUser).toBeLessThan(start + size);
        }
      }
    }
  });

  it('leaves annotations alone that the distribution writes', () => {
    const provider = (distribution: DistributionName) =>
      (on(distribution).stack('serving') as unknown as { provider: { kubernetes: object[] } }).provider.kubernetes[0];
    expect(provider('openshift')).toMatchObject({ ignore_annotations: ['^(security\\.)?openshift\\.io/'] });
    expect(provider('rke2')).not.toHaveProperty('ignore_annotations');
  });
});

describe.each(Object.keys(DISTRIBUTIONS) as DistributionName[])('%s', (name) => {
  it('opens DNS to its resolver, and to node-local caches where the enclave declares them', () => {
    const egress = (nodeLocalDns?: string[]) => {
      const { stack } = on(name, ({ enclave }) => {
        if (nodeLocalDns !== undefined) enclave.network.nodeLocalDns = nodeLocalDns;
      });
      const policy = stack('serving').resource['kubernetes_network_policy_v1']?.['namespace_lockdown_allow-dns'];
      return (policy?.['spec'] as { egress: object[] }).egress;
    };
    const port = String(DISTRIBUTIONS[name].dns.port);
    expect(egress()).toHaveLength(1);
    expect(egress()[0]).toMatchObject({ ports: [{ port }, { port }] });
    expect(egress(['169.254.20.10'])[1]).toMatchObject({
      to: [{ ip_block: { cidr: '169.254.20.10/32' } }],
      ports: [{ port: '53' }, { port: '53' }],
    });
  });
});
