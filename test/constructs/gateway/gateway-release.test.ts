import { DISTRIBUTIONS } from '../../../catalog/distributions';
import { redactionPatterns } from '../../../catalog/redaction';
import { ConfinedNamespace } from '../../../constructs/confinement/confined-namespace';
import { GatewayRelease, type GatewayReleaseProps } from '../../../constructs/gateway/gateway-release';
import { digestOf } from '../../../core/digest';
import { GATEWAY_CONTRACTS } from '../../../gateway';
import { policy } from '../../gateway/policies';
import { objectsOf, podOf } from '../../stacks/synthesized';
import { TestStack } from '../plan';

const DATABASE = {
  secret: 'gateway-database',
  destination: { name: 'budgets', cidr: '10.0.0.9/32', port: 5432, owner: 'o', reason: 'r' },
};

function gateway(props: Partial<GatewayReleaseProps> = {}) {
  const stack = new TestStack();
  const namespace = new ConfinedNamespace(stack, 'ns', { name: 'airlock-gateway', kubernetesVersion: '1.34' });
  new GatewayRelease(stack, 'gateway', {
    namespace,
    gateway: GATEWAY_CONTRACTS.agentgateway,
    image: `registry.site.internal:5443/ghcr.io/agentgateway/agentgateway@${digestOf('gateway')}`,
    platform: 'linux/amd64',
    policy: policy(),
    targets: [
      {
        serving: 'chat',
        pods: { namespace: 'airlock-serving', labels: { 'app.kubernetes.io/instance': 'chat' } },
        port: 8000,
      },
    ],
    dns: DISTRIBUTIONS.rke2.dns,
    ...props,
  });
  const plan = stack.plan();
  return {
    plan,
    objects: objectsOf(plan, 'gateway_release'),
    pod: podOf(plan, 'gateway_release'),
    container: podOf(plan, 'gateway_release').containers[0]!,
    policies: plan.resource['kubernetes_network_policy_v1'] ?? {},
    claims: plan.resource['kubernetes_persistent_volume_claim_v1'] ?? {},
  };
}

const kind = (objects: readonly { kind?: string }[], wanted: string) => objects.find((one) => one.kind === wanted);
const budgets = [{ tokens: 1000, window: '24h' }];

describe('GatewayRelease', () => {
  it('mounts the files of the contract, and a changed file changes the pod', () => {
    const first = gateway();
    expect(kind(first.objects, 'ConfigMap')).toMatchObject({
      data: { 'config.json': expect.stringContaining('"adminAddr": "off"') as string },
    });
    const annotations = (made: ReturnType<typeof gateway>): unknown =>
      (kind(made.objects, 'Deployment') as { spec: { template: { metadata: unknown } } }).spec.template.metadata;
    const other = policy({ redaction: { patterns: redactionPatterns(['de']), requests: 'reject', responses: 'pass' } });
    expect(annotations(gateway({ policy: other }))).not.toEqual(annotations(first));
    expect(annotations(gateway())).toEqual(annotations(first));
  });

  it('has a Service with the port of callers alone', () => {
    expect(kind(gateway().objects, 'Service')).toMatchObject({
      spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    expect(kind(gateway({ tlsSecret: 'gateway-tls' }).objects, 'Service')).toMatchObject({
      spec: { ports: [{ name: 'https', port: 443 }] },
    });
  });

  it('may reach servings and the resolver, and nobody reaches it unless named', () => {
    expect(Object.keys(gateway().policies).sort()).toEqual([
      'ns_lockdown_allow-dns',
      'ns_lockdown_allow-gateway-chat-egress',
      'ns_lockdown_deny-all',
    ]);
  });

  it('lets callers in by their labels, on the port of calls', () => {
    const { policies } = gateway({
      callers: [{ name: 'desk', pods: { namespace: 'desk', labels: { app: 'desk' } }, reason: 'the desk asks' }],
    });
    const [[, found] = []] = Object.entries(policies).filter(([name]) => name.includes('caller-desk'));
    expect(found).toMatchObject({
      metadata: { annotations: { 'airlock.dev/reason': 'the desk asks' } },
      spec: {
        policy_types: ['Ingress'],
        ingress: [
          {
            ports: [{ port: '4000', protocol: 'TCP' }],
            from: [
              {
                namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'desk' } },
                pod_selector: { match_labels: { app: 'desk' } },
              },
            ],
          },
        ],
      },
    });
  });

  it('keeps budgets of one replica in a volume that Terraform cannot destroy, with one writer', () => {
    const { claims, objects, pod } = gateway({ policy: policy({}, { budgets }) });
    expect(Object.values(claims)).toEqual([expect.objectContaining({ lifecycle: { prevent_destroy: true } })]);
    expect(kind(objects, 'Deployment')).toMatchObject({ spec: { strategy: { type: 'Recreate' } } });
    expect(pod.volumes).toContainEqual({ name: 'state', persistentVolumeClaim: { claimName: 'gateway-state' } });
  });

  it('keeps budgets of several replicas in a database whose address is in a Secret, and replaces them one by one', () => {
    const shared = { ...policy({}, { budgets }), replicas: 3, database: true };
    const { claims, objects, container, policies } = gateway({ policy: shared, database: DATABASE });
    expect(claims).toEqual({});
    expect(kind(objects, 'Deployment')).toMatchObject({
      spec: { replicas: 3, strategy: { rollingUpdate: { maxUnavailable: 0 } } },
    });
    expect(kind(objects, 'PodDisruptionBudget')).toMatchObject({ spec: { maxUnavailable: 1 } });
    expect(container.env).toContainEqual({
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'gateway-database', key: 'url' } },
    });
    expect(Object.keys(policies)).toContain('ns_lockdown_allow-to-budgets');
  });

  it('lets calls end before the pod does', () => {
    const { pod, container } = gateway();
    expect(container.lifecycle).toEqual({ preStop: { sleep: { seconds: 10 } } });
    expect(pod.terminationGracePeriodSeconds).toBe(80);
  });

  it('gives LiteLLM the key that it does not start without, from a Secret', () => {
    const { container } = gateway({ gateway: GATEWAY_CONTRACTS.litellm });
    expect(container.env).toContainEqual({
      name: 'LITELLM_MASTER_KEY',
      valueFrom: { secretKeyRef: { name: 'gateway-master-key', key: 'key' } },
    });
  });

  it('runs as a numeric user on a read-only root without capabilities', () => {
    for (const one of Object.values(GATEWAY_CONTRACTS))
      expect(gateway({ gateway: one }).container.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });
});
