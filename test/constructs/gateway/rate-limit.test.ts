import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import { DISTRIBUTIONS } from '../../../catalog/distributions';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { RateLimit, type RateLimitProps } from '../../../constructs/gateway/rate-limit';
import { digestOf } from '../../../core/digest';
import type { IssuerPolicy } from '../../../gateway/policy';
import { objectsOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const issuers = (tokens: number): IssuerPolicy[] => [
  {
    ...{ name: 'staff', issuer: 'https://id.example', audiences: ['a'], jwks: '{}', workflows: ['assistant'] },
    budgets: [{ tokens, window: '1d' }],
  },
];

function rateLimit(props: Partial<RateLimitProps> = {}) {
  const stack = new TestStack();
  new RateLimit(stack, 'limit', {
    namespace: new ConfinedNamespace(stack, 'ns', { name: 'airlock-gateway', kubernetesVersion: '1.34' }),
    image: `registry.site.internal/envoyproxy/ratelimit@${digestOf('ratelimit')}`,
    storeImage: `registry.site.internal/valkey/valkey@${digestOf('valkey')}`,
    ...{ platforms: ['linux/amd64'], issuers: issuers(500), secret: 'rate-limit-store', dns: DISTRIBUTIONS.rke2.dns },
    ...props,
  });
  const plan = stack.plan();
  const objects = objectsOf(plan, 'limit_release');
  const find = (wanted: string): unknown => objects.find(({ kind }) => (kind as string) === wanted);
  return {
    objects,
    service: find('Deployment') as Deployment,
    store: find('StatefulSet') as StatefulSet,
    policies: plan.resource['kubernetes_network_policy_v1'] ?? {},
  };
}

const podOf = ({ spec }: Deployment | StatefulSet) => spec!.template;

describe('RateLimit', () => {
  it('is reached by the gateway alone, and the store by the service alone', () => {
    const { policies } = rateLimit();
    expect(Object.keys(policies).sort()).toEqual([
      'ns_lockdown_allow-dns-rate-limit',
      'ns_lockdown_allow-rate-limit-egress',
      'ns_lockdown_allow-rate-limit-ingress',
      'ns_lockdown_allow-rate-limit-store-egress',
      'ns_lockdown_allow-rate-limit-store-ingress',
      'ns_lockdown_deny-all',
    ]);
    expect(policies['ns_lockdown_allow-rate-limit-store-ingress']).toMatchObject({
      spec: {
        pod_selector: { match_labels: { 'app.kubernetes.io/component': 'rate-limit-store' } },
        ingress: [
          {
            from: [{ pod_selector: { match_labels: { 'app.kubernetes.io/component': 'rate-limit' } } }],
            ports: [{ port: '6379', protocol: 'TCP' }],
          },
        ],
      },
    });
  });

  it('replaces the pods of the service when a budget changes, one by one, and leaves the store alone', () => {
    const [before, after] = [rateLimit(), rateLimit({ issuers: issuers(600) })];
    expect(podOf(after.service).metadata).not.toEqual(podOf(before.service).metadata);
    expect(before.service.spec?.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(after.store).toEqual(before.store);
  });

  it('drains nodes without a gap where it has several pods', () => {
    const kinds = (made: ReturnType<typeof rateLimit>) => made.objects.map(({ kind }) => kind as string);
    expect(rateLimit().service.spec?.replicas).toBe(2);
    expect(kinds(rateLimit())).toContain('PodDisruptionBudget');
    expect(kinds(rateLimit({ replicas: 1 }))).not.toContain('PodDisruptionBudget');
  });

  it('takes the password of the store from a Secret on both sides', () => {
    const { service, store } = rateLimit();
    const from = { secretKeyRef: { name: 'rate-limit-store', key: 'password' } };
    expect(podOf(service).spec!.containers[0]!.env).toContainEqual({ name: 'REDIS_AUTH', valueFrom: from });
    const valkey = podOf(store).spec!.containers[0]!;
    expect(valkey.env).toContainEqual({ name: 'VALKEY_PASSWORD', valueFrom: from });
    expect(valkey.args?.slice(-2)).toEqual(['--requirepass', '$(VALKEY_PASSWORD)']);
  });

  it('keeps counts on a volume that outlives the release, of the class that is asked for', () => {
    const { store } = rateLimit({ storageClassName: 'ceph-block' });
    expect(store.spec?.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(store.spec?.volumeClaimTemplates?.[0]?.spec).toMatchObject({ storageClassName: 'ceph-block' });
    expect(rateLimit().store.spec?.volumeClaimTemplates?.[0]?.spec).not.toHaveProperty('storageClassName');
  });

  it('runs as numeric users on read-only roots without capabilities', () => {
    const { service, store } = rateLimit();
    for (const one of [service, store])
      expect(podOf(one).spec!.containers[0]!.securityContext).toMatchObject({
        ...{ runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      });
  });
});
