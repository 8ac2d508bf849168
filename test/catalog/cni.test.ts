import { type ClusterNetwork, CNIS, policyTier } from '../../catalog/cni';
import siteSchema from '../../site/schema/site.schema.json';

describe('policyTier', () => {
  it.each<[ClusterNetwork, string]>([
    [{ distribution: 'rke2' }, 'calico-crd'],
    [{ distribution: 'k3s' }, 'none'],
    [{ distribution: 'k3s', cni: 'flannel' }, 'none'],
    [{ distribution: 'openshift' }, 'none'],
    [{ distribution: 'kubeadm', cni: 'cilium' }, 'cilium'],
    [{ distribution: 'talos', cni: 'calico' }, 'calico'],
    [{ distribution: 'rke2', policyTier: 'none' }, 'none'],
    [
      { distribution: 'kubeadm', cni: 'kube-network-policies', policyTier: 'cluster-network-policy' },
      'cluster-network-policy',
    ],
  ])('is for %j %s', (cluster, tier) => {
    expect(policyTier(cluster)).toBe(tier);
  });

  it.each<[string, ClusterNetwork, RegExp]>([
    [
      'a plugin that does not enforce',
      { distribution: 'rke2', cni: 'flannel' },
      /^flannel does not enforce NetworkPolicy/,
    ],
    [
      'a distribution whose plugin does not',
      { distribution: 'talos' },
      /^flannel, the network plugin of talos, does not/,
    ],
    ['a distribution without a plugin', { distribution: 'kubeadm' }, /^kubeadm installs no network plugin by itself/],
    ['no policy controller at all', { distribution: 'k3s', cni: 'bridge' }, /^bridge does not enforce/],
  ])('refuses %s, and names those that enforce', (_case, cluster, message) => {
    expect(() => policyTier(cluster)).toThrow(message);
    expect(() => policyTier(cluster)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('cluster.cni: antrea, calico') as string }) as Error,
    );
  });

  it('knows every plugin that a site may name', () => {
    expect(siteSchema.properties.cluster.properties.cni.enum).toEqual(Object.keys(CNIS));
  });
});
