/**
 * A plan written by hand: two namespaces, a weight mirror as a typed Deployment, and an engine and guardrails as Helm
 * releases of the envelope chart. Nothing here comes from the constructs. Values of the release stand as an object until the plan is
 * written, so that a test can reach into them by one pointer.
 */
import { digestOf } from '../../../core/digest';
import type { Enclave } from '../../../site/generated/enclave';
import type { Lock } from '../../../site/generated/lock';
import type { Site } from '../../../site/generated/site';
import { parseEnclave } from '../../../site/load-enclave';
import { lockFor, site as smallSite } from '../../site/fixtures';
import { guardrailObjects } from './guardrails';

export const REGISTRY = 'registry.nordlicht.internal:5443';

/** Read once, since reading costs more than most audits; whoever asks gets a copy to change. */
const copies = <T>(value: T) => {
  const text = JSON.stringify(value);
  return (): T => JSON.parse(text) as T;
};

export const site: () => Site = copies(smallSite());
export const lock: () => Lock = copies(lockFor(smallSite()));
export const enclave: () => Enclave = copies(
  parseEnclave(
    `apiVersion: airlock/v1alpha1
kind: Enclave
site: nordlicht
registry: ${REGISTRY}
deployers: [airlock-deployer]
network:
  podCidrs: [10.42.0.0/16, "fd00:42::/56"]
  serviceCidrs: [10.43.0.0/16]
  nodeCidrs: [10.20.0.0/24]
  destinations:
    - { name: registry, cidr: 10.20.5.20/32, port: 5443, owner: platform@nordlicht.example, reason: weights }
    - { name: time, cidr: "fd00:20::/64", port: 123, protocol: UDP, owner: platform@nordlicht.example, reason: clock }
pools:
  h100: { nodes: [gpu-01] }
  edge: { nodes: [edge-01] }
`,
    'enclave.yaml',
  ),
);

const model = lock().derived.models[0]?.manifest.digest ?? '';
export const MODEL = `tiny@${model}`;
export const KIT_IMAGE = `${REGISTRY}/airlock/kit@${digestOf('kit manifest linux/amd64')}`;
export const ENGINE_IMAGE = `${REGISTRY}/docker.io/vllm/vllm-openai@${digestOf('engine-vllm-0.27.1-nvidia manifest linux/amd64')}`;
export const TOOLBOX_IMAGE = `${REGISTRY}/docker.io/library/busybox@${digestOf('toolbox manifest linux/amd64')}`;

const metadata = (path: string): object => ({ metadata: { path, uniqueId: path.replaceAll('/', '_') } });

const restricted = (): object => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
});

/** What keeps the engine from asking anybody, and from telling anybody (huggingface_hub and vLLM, "Environment variables"). */
const ENGINE_ENVIRONMENT: readonly (readonly [string, string])[] = [
  ...[
    ...['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE', 'HF_DATASETS_OFFLINE', 'HF_HUB_DISABLE_TELEMETRY', 'DO_NOT_TRACK'],
    ...['TELEMETRY_DISABLED', 'BNB_DISABLE_TELEMETRY', 'FLASHINFER_NO_DOWNLOAD'],
    ...['VLLM_NO_USAGE_STATS', 'VLLM_DO_NOT_TRACK'],
  ].map((name) => [name, '1'] as const),
  ['VLLM_MEDIA_URL_ALLOW_REDIRECTS', '0'],
];

/** Pod spec of the engine, in the field names of the API. */
const enginePod = (): object => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
  initContainers: [
    {
      name: 'weights',
      image: KIT_IMAGE,
      args: [
        ...['weights', 'fetch', '--mirror', 'http://weight-mirror.airlock-mirror.svc:8080'],
        ...['--model', MODEL, '--into', '/models/tiny'],
      ],
      securityContext: restricted(),
      volumeMounts: [{ name: 'weights', mountPath: '/models/tiny' }],
    },
  ],
  containers: [
    {
      name: 'engine',
      image: ENGINE_IMAGE,
      command: ['vllm', 'serve'],
      args: [
        ...['/models/tiny', '--served-model-name', 'chat', '--host', '0.0.0.0', '--port', '8000'],
        ...['--load-format', 'safetensors'],
      ],
      env: ENGINE_ENVIRONMENT.map(([name, value]) => ({ name, value })),
      securityContext: restricted(),
      volumeMounts: [{ name: 'weights', mountPath: '/models/tiny', readOnly: true }],
    },
  ],
  volumes: [{ name: 'weights', emptyDir: {} }],
});

const namespace = (name: string): object => ({
  '//': metadata(`serving/${name}/namespace`),
  metadata: {
    name,
    labels: {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'v1.34',
    },
  },
});

/** What a policy says of the flow that it allows. */
export const answered = (reason: string): object => ({
  'airlock.dev/owner': 'platform@nordlicht.example',
  'airlock.dev/reason': reason,
});

const denyAll = (name: string): object => ({
  '//': metadata(`serving/${name}/deny-all`),
  metadata: { name: 'deny-all', namespace: name },
  spec: { pod_selector: {}, policy_types: ['Ingress', 'Egress'] },
  depends_on: [`kubernetes_namespace_v1.${name === 'airlock-mirror' ? 'mirror' : 'serving'}`],
});

/** The mirror, in the block names of the provider. */
const mirror = (): object => ({
  '//': metadata('serving/mirror/deployment'),
  metadata: { name: 'weight-mirror', namespace: 'airlock-mirror' },
  spec: {
    selector: { match_labels: { app: 'mirror' } },
    template: {
      metadata: { labels: { app: 'mirror' } },
      spec: {
        automount_service_account_token: false,
        security_context: { run_as_non_root: true, seccomp_profile: { type: 'RuntimeDefault' } },
        container: [
          {
            name: 'mirror',
            image: KIT_IMAGE,
            args: ['mirror', '--store', '/data', '--listen', '0.0.0.0:8080', '--pin', `models/${MODEL}`],
            security_context: {
              allow_privilege_escalation: false,
              run_as_non_root: true,
              capabilities: { drop: ['ALL'] },
            },
            volume_mount: [{ name: 'data', mount_path: '/data' }],
          },
        ],
        volume: [{ name: 'data', persistent_volume_claim: { claim_name: 'data' } }],
      },
    },
  },
  depends_on: ['kubernetes_network_policy_v1.mirror_deny', 'kubernetes_network_policy_v1.mirror_fill'],
});

/** What the mirror keeps. */
const claim = (): object => ({
  '//': metadata('serving/mirror/data'),
  metadata: { name: 'data', namespace: 'airlock-mirror' },
  spec: { access_modes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } },
  depends_on: ['kubernetes_namespace_v1.mirror'],
});

/** A plan without fault: a fresh copy on every call. */
export const cleanPlan = (): object => ({
  '//': { metadata: { backend: 'local', stackName: 'serving', version: '0.21.0' } },
  terraform: {
    required_providers: {
      helm: { source: 'helm', version: '3.1.1' },
      kubernetes: { source: 'hashicorp/kubernetes', version: '= 2.38.0' },
    },
  },
  provider: {
    kubernetes: [{ config_path: '~/.kube/config' }],
    helm: [{ kubernetes: { config_path: '~/.kube/config' } }],
  },
  variable: { cluster_name: { default: 'nordlicht' } },
  output: { namespace: { value: 'airlock-serving' } },
  resource: {
    kubernetes_namespace_v1: { mirror: namespace('airlock-mirror'), serving: namespace('airlock-serving') },
    kubernetes_network_policy_v1: {
      mirror_deny: denyAll('airlock-mirror'),
      serving_deny: denyAll('airlock-serving'),
      mirror_fill: {
        '//': metadata('serving/mirror/fill'),
        metadata: { name: 'fill', namespace: 'airlock-mirror', annotations: answered('images and weights') },
        spec: {
          pod_selector: { match_labels: { app: 'mirror' } },
          policy_types: ['Ingress', 'Egress'],
          egress: [{ to: [{ ip_block: { cidr: '10.20.5.20/32' } }], ports: [{ port: '5443', protocol: 'TCP' }] }],
          ingress: {
            from: [{ namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'airlock-serving' } } }],
            ports: [{ port: '8080', protocol: 'TCP' }],
          },
        },
        depends_on: ['kubernetes_namespace_v1.mirror'],
      },
      serving_dns: {
        '//': metadata('serving/serving/dns'),
        metadata: {
          name: 'dns',
          namespace: '${kubernetes_namespace_v1.serving.metadata[0].name}',
          annotations: answered('the engine looks up the mirror'),
        },
        spec: {
          pod_selector: { match_expressions: [{ key: 'app', operator: 'In', values: ['chat'] }] },
          policy_types: ['Egress'],
          egress: [
            {
              to: [
                {
                  namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'kube-system' } },
                  pod_selector: { match_labels: { 'k8s-app': 'kube-dns' } },
                },
              ],
              ports: [
                { port: '53', protocol: 'UDP' },
                { port: '53', protocol: 'TCP' },
              ],
            },
          ],
        },
      },
    },
    kubernetes_persistent_volume_claim_v1: { mirror_data: claim() },
    kubernetes_deployment_v1: { mirror: mirror() },
    helm_release: {
      guardrails: {
        '//': metadata('serving/guardrails/release'),
        name: 'guardrails',
        namespace: 'airlock-serving',
        chart: 'assets/envelope/0',
        values: [{ objects: guardrailObjects(lock(), REGISTRY) }],
        depends_on: ['kubernetes_network_policy_v1.serving_deny'],
      },
      chat: {
        '//': metadata('serving/chat/release'),
        name: 'chat',
        namespace: 'airlock-serving',
        chart: 'assets/envelope/0',
        wait: true,
        values: [
          {
            objects: [
              {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                metadata: { name: 'chat', namespace: 'airlock-serving' },
                spec: {
                  selector: { matchLabels: { app: 'chat' } },
                  template: { metadata: { labels: { app: 'chat' } }, spec: enginePod() },
                },
              },
              {
                apiVersion: 'v1',
                kind: 'Service',
                metadata: {
                  name: 'chat',
                  namespace: 'airlock-serving',
                  annotations: { 'airlock.dev/note': '${literal} %{literal}' },
                },
                spec: { selector: { app: 'chat' }, ports: [{ port: 80 }] },
              },
            ],
          },
        ],
        depends_on: ['kubernetes_network_policy_v1.serving_deny', 'kubernetes_network_policy_v1.serving_dns'],
      },
    },
  },
});
