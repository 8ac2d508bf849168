/**
 * What a careful operator changes or adds, and nothing that the audit proves depends on: each passes as it stands, or after the one
 * line that declares it.
 */
import { RULES } from '../../audit/rules';
import type { Finding } from '../../audit/evaluate';
import { DISTRIBUTIONS, type DistributionName } from '../../catalog/distributions';
import { ruleFileText } from '../../telemetry/metrics/rule-file';
import { inputs } from '../stacks/synthesized';
import { auditOf } from './own-plan';
import { Draft, ENGINE, MIRROR_POD, POD, VALUES, WORKLOAD } from './plans/draft';
import { answered, REGISTRY, TOOLBOX_IMAGE } from './plans/clean-plan';

type Holder = Record<string, unknown>;

/** What a binding of an admission policy names. */
interface Bound {
  readonly spec?: {
    readonly matchResources?: {
      readonly namespaceSelector?: { readonly matchExpressions: readonly { readonly values: string[] }[] };
    };
  };
}

const OBJECTS = `${VALUES}/objects`;
const MIRROR = '/resource/kubernetes_deployment_v1/mirror';
const object = (kind: string, apiVersion: string, name: string, rest: object): object => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'airlock-serving' },
  ...rest,
});
const add = (value: object) => (draft: Draft) => void draft.put(`${OBJECTS}/-`, value);

/** The same value with the keys of every object in reverse order. */
const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, item]) => [key, reversed(item)]),
        )
      : value;

const HOUSEKEEPING = object('Deployment', 'apps/v1', 'housekeeping', {
  spec: {
    selector: { matchLabels: { app: 'housekeeping' } },
    template: {
      metadata: { labels: { app: 'housekeeping' } },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'box',
            image: TOOLBOX_IMAGE,
            command: ['sleep', '1d'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  },
});

const VARIATIONS: readonly (readonly [what: string, change: (draft: Draft) => void])[] = [
  [
    'labels that Kubernetes recommends on every object',
    (draft) => {
      const labels = {
        'app.kubernetes.io/name': 'chat',
        'app.kubernetes.io/part-of': 'airlock',
        'app.kubernetes.io/managed-by': 'Helm',
      };
      draft.put(`${WORKLOAD}/metadata/labels`, labels);
      draft.put(`${WORKLOAD}/spec/template/metadata/labels`, { app: 'chat', ...labels });
      draft.put(`${MIRROR}/metadata/labels`, labels);
    },
  ],
  [
    'keys in another order',
    (draft) => {
      const resource = draft.get('/resource');
      draft.put('/resource', reversed(resource));
    },
  ],
  ['another number of replicas', (draft) => void draft.put(`${WORKLOAD}/spec/replicas`, 3)],
  [
    'a rollout one pod at a time',
    (draft) =>
      void draft.put(`${WORKLOAD}/spec/strategy`, {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
      }),
  ],
  [
    'a rollout that ends the old pod first',
    (draft) => void draft.put(`${WORKLOAD}/spec/strategy`, { type: 'Recreate' }),
  ],
  [
    'requests and limits',
    (draft) =>
      void draft.put(`${ENGINE}/resources`, {
        requests: { cpu: '4', memory: '32Gi', 'nvidia.com/gpu': 1 },
        limits: { memory: '64Gi', 'nvidia.com/gpu': 1 },
      }),
  ],
  [
    'a node selector',
    (draft) => void draft.put(`${POD}/nodeSelector`, { 'kubernetes.io/os': 'linux', 'airlock.dev/pool': 'h100' }),
  ],
  [
    'a toleration of GPU nodes',
    (draft) =>
      void draft.put(`${POD}/tolerations`, [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }]),
  ],
  [
    'a required node affinity',
    (draft) =>
      void draft.put(`${POD}/affinity`, {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'nvidia.com/gpu.product', operator: 'In', values: ['NVIDIA-H100-80GB-HBM3'] },
                ],
              },
            ],
          },
        },
      }),
  ],
  [
    'pods spread over zones',
    (draft) =>
      void draft.put(`${POD}/topologySpreadConstraints`, [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { app: 'chat' } },
        },
      ]),
  ],
  [
    'pods apart from one another',
    (draft) =>
      void draft.put(`${POD}/affinity`, {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchLabels: { app: 'chat' } },
              },
            },
          ],
        },
      }),
  ],
  ['a longer time to end', (draft) => void draft.put(`${POD}/terminationGracePeriodSeconds`, 300)],
  ['a priority class', (draft) => void draft.put(`${POD}/priorityClassName`, 'system-cluster-critical')],
  ['a credential for the registry', (draft) => void draft.put(`${POD}/imagePullSecrets`, [{ name: 'registry' }])],
  ['images always pulled', (draft) => void draft.put(`${ENGINE}/imagePullPolicy`, 'Always')],
  ['a read-only root file system', (draft) => void draft.put(`${ENGINE}/securityContext/readOnlyRootFilesystem`, true)],
  ['groups of files', (draft) => void draft.put(`${POD}/securityContext/fsGroup`, 65532)],
  [
    'a startup probe of half an hour',
    (draft) =>
      void draft.put(`${ENGINE}/startupProbe`, {
        httpGet: { path: '/health', port: 8000 },
        periodSeconds: 10,
        failureThreshold: 180,
      }),
  ],
  [
    'named ports',
    (draft) => void draft.put(`${ENGINE}/ports`, [{ name: 'http', containerPort: 8000, protocol: 'TCP' }]),
  ],
  ['a bound for the weights volume', (draft) => void draft.put(`${POD}/volumes/0/emptyDir`, { sizeLimit: '200Gi' })],
  [
    'a disruption budget',
    add(
      object('PodDisruptionBudget', 'policy/v1', 'chat', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'chat' } } },
      }),
    ),
  ],
  ['a quota', add(object('ResourceQuota', 'v1', 'gpus', { spec: { hard: { 'requests.nvidia.com/gpu': '8' } } }))],
  [
    'limits of the namespace',
    add(
      object('LimitRange', 'v1', 'defaults', { spec: { limits: [{ type: 'Container', default: { memory: '1Gi' } }] } }),
    ),
  ],
  [
    'an autoscaler',
    add(
      object('HorizontalPodAutoscaler', 'autoscaling/v2', 'chat', {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' },
          minReplicas: 1,
          maxReplicas: 4,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
          ],
        },
      }),
    ),
  ],
  [
    'a ConfigMap that nobody mounts',
    add(object('ConfigMap', 'v1', 'notes', { data: { 'README.md': 'Whom to call at night: see the runbook.' } })),
  ],
  [
    'rules for the Prometheus of the site',
    add({
      ...object('ConfigMap', 'v1', 'rules', { data: { 'rules.yaml': ruleFileText({ thresholds: { queue: 50 } }) } }),
      metadata: { name: 'rules', namespace: 'airlock-serving', labels: { prometheus_rule: '1' } },
    }),
  ],
  [
    'a Service for a Prometheus inside of the namespace',
    add(
      object('Service', 'v1', 'chat-metrics', {
        spec: { selector: { app: 'chat' }, ports: [{ name: 'metrics', port: 9090, targetPort: 8000 }] },
      }),
    ),
  ],
  [
    'a ServiceMonitor',
    add(
      object('ServiceMonitor', 'monitoring.coreos.com/v1', 'chat', {
        spec: { selector: { matchLabels: { app: 'chat' } }, endpoints: [{ port: 'metrics', interval: '30s' }] },
      }),
    ),
  ],
  [
    'a Secrets Store volume of the mirror',
    (draft) =>
      void draft.put(`${MIRROR_POD}/volume/1`, {
        name: 'tls',
        csi: {
          driver: 'secrets-store.csi.k8s.io',
          read_only: true,
          volume_attributes: { secretProviderClass: 'vault' },
        },
      }),
  ],
  [
    'one policy more that closes',
    (draft) =>
      void draft.put('/resource/kubernetes_network_policy_v1/closed', {
        '//': { metadata: { path: 'serving/closed', uniqueId: 'closed' } },
        metadata: { name: 'closed', namespace: 'airlock-serving' },
        spec: { pod_selector: { match_labels: { app: 'housekeeping' } }, policy_types: ['Ingress', 'Egress'] },
        depends_on: ['kubernetes_namespace_v1.serving'],
      }),
  ],
  [
    'the clock of the enclave opened to the mirror',
    (draft) => {
      draft.put(`${MIRROR}/depends_on/-`, 'kubernetes_network_policy_v1.time');
      draft.put('/resource/kubernetes_network_policy_v1/time', {
        '//': { metadata: { path: 'serving/time', uniqueId: 'time' } },
        metadata: { name: 'time', namespace: 'airlock-mirror', annotations: answered('clock') },
        spec: {
          pod_selector: { match_labels: { app: 'mirror' } },
          policy_types: ['Egress'],
          egress: [{ to: [{ ip_block: { cidr: 'fd00:20::1/128' } }], ports: [{ port: '123', protocol: 'UDP' }] }],
        },
        depends_on: ['kubernetes_namespace_v1.mirror'],
      });
    },
  ],
  [
    'an own namespace, closed, with a small workload of a locked image',
    (draft) => {
      const made = structuredClone(draft.get('/resource/kubernetes_namespace_v1/serving')) as { metadata: Holder };
      made.metadata['name'] = 'own-tools';
      draft.put('/resource/kubernetes_namespace_v1/own', made);
      const deny = structuredClone(draft.get('/resource/kubernetes_network_policy_v1/serving_deny')) as Holder;
      draft.put('/resource/kubernetes_network_policy_v1/own_deny', {
        ...deny,
        metadata: { name: 'deny-all', namespace: 'own-tools' },
        depends_on: ['kubernetes_namespace_v1.own'],
      });
      const guardrails = draft.get('/resource/helm_release/guardrails/values/0') as { objects: Bound[] };
      for (const { spec } of guardrails.objects)
        spec?.matchResources?.namespaceSelector?.matchExpressions[0]?.values.push('own-tools');
      draft.put('/resource/helm_release/chat/depends_on/-', 'kubernetes_network_policy_v1.own_deny');
      draft.put(`${OBJECTS}/-`, {
        ...HOUSEKEEPING,
        metadata: { name: 'housekeeping', namespace: 'own-tools' },
      });
    },
  ],
  [
    'a larger claim of another class',
    (draft) => {
      draft.put('/resource/kubernetes_persistent_volume_claim_v1/mirror_data/spec/storage_class_name', 'fast');
      draft.put('/resource/kubernetes_persistent_volume_claim_v1/mirror_data/spec/resources/requests/storage', '2Ti');
    },
  ],
  [
    'the name of the registry by a local',
    (draft) => {
      draft.put('/locals', { registry: REGISTRY });
      draft.put('/output/registry', { value: '${local.registry}' });
    },
  ],
  [
    'outputs that are described',
    (draft) => void draft.put('/output/namespace', { value: 'airlock-serving', description: 'where engines run' }),
  ],
  [
    'releases that wait longer',
    (draft) => {
      draft.put('/resource/helm_release/chat/timeout', 1800);
      draft.put('/resource/helm_release/chat/atomic', true);
    },
  ],
  [
    'a kubeconfig with a context',
    (draft) => {
      draft.put('/provider/kubernetes/0/config_context', 'enclave');
      draft.put('/provider/helm/0/kubernetes/config_context', 'enclave');
    },
  ],
];

const closing = (draft: Draft): Finding[] =>
  draft.allFindings().filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN');
const said = ({ rule, verdict, subject, message }: Finding): string => `${rule} ${verdict} ${subject}: ${message}`;

describe('what passes as it stands', () => {
  it.each(VARIATIONS)('%s', (_what, change) => {
    const draft = new Draft();
    change(draft);
    expect(closing(draft).map(said)).toEqual([]);
  });

  it.each(Object.keys(DISTRIBUTIONS) as DistributionName[])('our own plan for %s', async (distribution) => {
    const given = inputs();
    const cni = distribution === 'kubeadm' || distribution === 'talos' ? ({ cni: 'cilium' } as const) : {};
    given.site.cluster = { ...given.site.cluster, distribution, ...cni };
    const { findings, gate } = await auditOf(given);
    expect(findings.filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN').map(said)).toEqual([]);
    expect(gate).toBe('pass');
  });
});

describe('what passes with one entry in waivers.yaml', () => {
  const DECLARED: readonly (readonly [string, object])[] = [
    [
      'a SecretProviderClass, of which somebody knows whose secrets it brings',
      object('SecretProviderClass', 'secrets-store.csi.x-k8s.io/v1', 'vault', {
        spec: { provider: 'vault', parameters: { roleName: 'airlock' } },
      }),
    ],
    [
      'a certificate of cert-manager, of which somebody knows who signs it',
      object('Certificate', 'cert-manager.io/v1', 'gateway', {
        spec: {
          secretName: 'gateway-tls',
          dnsNames: ['llm.nordlicht.internal'],
          issuerRef: { name: 'site', kind: 'Issuer' },
        },
      }),
    ],
    [
      'a monitor that rewrites its labels',
      object('ServiceMonitor', 'monitoring.coreos.com/v1', 'chat', {
        spec: {
          selector: { matchLabels: { app: 'chat' } },
          endpoints: [{ port: 'metrics', relabelings: [{ action: 'labeldrop', regex: 'pod' }] }],
        },
      }),
    ],
  ];

  it.each(DECLARED)('%s', (_what, value) => {
    const draft = new Draft();
    add(value)(draft);
    const found = closing(draft);
    expect(new Set(found.map(({ rule, check, subject }) => `${rule}[${check}] ${subject}`)).size).toBe(1);
    expect(found[0]).toMatchObject({ rule: 'AIR-PLAN-1', verdict: 'UNPROVEN' });
    expect(RULES.find(({ id }) => id === 'AIR-PLAN-1')?.waivable).toBe(true);
  });
});
