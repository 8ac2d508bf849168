import { ClusterEgressTier, type ClusterEgressTierProps } from '../../../constructs/confinement/cluster-egress-tier';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const INSIDE = ['10.42.0.0/16', '10.43.0.0/16', 'fd00:42::/56'];
const DESTINATIONS = ['10.20.5.0/24', '10.20.5.20/32', 'fd00:20::/64'];

function policy(props: Partial<ClusterEgressTierProps>): {
  apiVersion: string;
  kind: string;
  metadata: object;
  spec: object;
} {
  const stack = new TestStack();
  new ClusterEgressTier(stack, 'tier', {
    namespace: new ConfinedNamespace(stack, 'ns', { name: 'airlock-guardrails', kubernetesVersion: '1.34' }),
    tier: 'cluster-network-policy',
    namespaces: ['airlock-serving', 'airlock-mirror'],
    inside: INSIDE,
    destinations: DESTINATIONS,
    ...props,
  });
  const objects = objectsOf(stack.plan(), 'tier_release');
  expect(objects).toHaveLength(1);
  return objects[0] as unknown as ReturnType<typeof policy>;
}

const BY_NAME = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['airlock-mirror', 'airlock-serving'] }];

describe('ClusterEgressTier', () => {
  it('passes the cluster and what is declared to NetworkPolicy, and denies all else, as ClusterNetworkPolicy', () => {
    const { apiVersion, spec } = policy({});
    expect(apiVersion).toBe('policy.networking.k8s.io/v1alpha2');
    expect(spec).toEqual({
      tier: 'Admin',
      priority: 100,
      subject: { namespaces: { matchExpressions: BY_NAME } },
      egress: [
        { name: 'cluster', action: 'Pass', to: [{ namespaces: {} }] },
        { name: 'declared', action: 'Pass', to: [{ networks: ['10.20.5.0/24', 'fd00:20::/64'] }] },
        { name: 'outside', action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] },
      ],
    });
  });

  it('splits many destinations into peers that the definition takes, and refuses too many', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => `10.${100 + Math.floor(at / 200)}.${at % 200}.1/32`);
    const { egress } = policy({ destinations: many(60) }).spec as { egress: { to: { networks: string[] }[] }[] };
    expect(egress[1]?.to.map(({ networks }) => networks.length)).toEqual([25, 25, 10]);
    expect(() => policy({ destinations: many(626) })).toThrow('626 destinations do not fit a ClusterNetworkPolicy');
  });

  it('denies in each family what is neither inside nor declared, as Cilium has it, isolating nothing', () => {
    expect(policy({ tier: 'cilium' }).spec).toEqual({
      endpointSelector: {
        matchExpressions: [{ ...BY_NAME[0], key: 'k8s:io.kubernetes.pod.namespace' }],
      },
      enableDefaultDeny: { egress: false, ingress: false },
      egressDeny: [
        {
          toCIDRSet: [
            { cidr: '0.0.0.0/0', except: ['10.20.5.0/24', '10.42.0.0/16', '10.43.0.0/16'] },
            { cidr: '::/0', except: ['fd00:20::/64', 'fd00:42::/56'] },
          ],
        },
      ],
    });
  });

  it('denies the whole of a family in which nothing is declared', () => {
    const ipv4 = { inside: ['10.42.0.0/16'], destinations: [] };
    expect(JSON.stringify(policy({ tier: 'cilium', ...ipv4 }).spec)).toContain('{"cidr":"::/0"}');
    expect(JSON.stringify(policy({ tier: 'calico', ...ipv4 }).spec)).toContain('{"action":"Deny","ipVersion":6}');
  });

  it.each([
    ['calico', 'projectcalico.org/v3'],
    ['calico-crd', 'crd.projectcalico.org/v1'],
  ] as const)('only denies, before NetworkPolicies in their tier: %s', (tier, apiVersion) => {
    const found = policy({ tier });
    expect([found.apiVersion, found.kind]).toEqual([apiVersion, 'GlobalNetworkPolicy']);
    expect(found.metadata).toMatchObject({ name: 'default.airlock-egress' });
    expect(found.spec).toEqual({
      order: 10,
      namespaceSelector: "kubernetes.io/metadata.name in { 'airlock-mirror', 'airlock-serving' }",
      selector: 'all()',
      types: ['Egress'],
      egress: [
        { action: 'Deny', ipVersion: 4, destination: { notNets: ['10.20.5.0/24', '10.42.0.0/16', '10.43.0.0/16'] } },
        { action: 'Deny', ipVersion: 6, destination: { notNets: ['fd00:20::/64', 'fd00:42::/56'] } },
      ],
    });
  });

  it('refuses no namespace, which most of the kinds take for all, and what is no range', () => {
    expect(() => policy({ namespaces: [] })).toThrow('holds no namespace');
    expect(() => policy({ inside: ['10.42.0.1/16'] })).toThrow('has bits set beyond its prefix');
  });
});
