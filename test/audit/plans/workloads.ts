/** Further workloads for a hand-written plan, one of every kind that makes pods. */
import { TOOLBOX_IMAGE } from './clean-plan';
import { type Draft, VALUES } from './draft';

export const toolContainer = (): Record<string, unknown> => ({
  name: 'tool',
  image: TOOLBOX_IMAGE,
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
  },
});

const podSpec = (): object => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  initContainers: [{ ...toolContainer(), name: 'prepare' }],
  containers: [toolContainer()],
});

const template = (): object => ({ metadata: { labels: { app: 'tool' } }, spec: podSpec() });

interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly body: () => object;
  /** From the object to its pod spec. */
  readonly spec: string;
}

/** Every kind that makes pods, as an object of the release. */
export const KINDS: readonly Kind[] = [
  { kind: 'Pod', apiVersion: 'v1', body: () => ({ spec: podSpec() }), spec: '/spec' },
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => ({
    kind,
    apiVersion: 'apps/v1',
    body: () => ({ spec: { template: template() } }),
    spec: '/spec/template/spec',
  })),
  {
    kind: 'Job',
    apiVersion: 'batch/v1',
    body: () => ({ spec: { template: template() } }),
    spec: '/spec/template/spec',
  },
  {
    kind: 'CronJob',
    apiVersion: 'batch/v1',
    body: () => ({ spec: { jobTemplate: { spec: { template: template() } } } }),
    spec: '/spec/jobTemplate/spec/template/spec',
  },
  {
    kind: 'ReplicationController',
    apiVersion: 'v1',
    body: () => ({ spec: { template: template() } }),
    spec: '/spec/template/spec',
  },
  ...['leaderTemplate', 'workerTemplate'].map((role) => ({
    kind: 'LeaderWorkerSet',
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    body: () => ({
      spec: { leaderWorkerTemplate: { size: 2, leaderTemplate: template(), workerTemplate: template() } },
    }),
    spec: `/spec/leaderWorkerTemplate/${role}/spec`,
  })),
  { kind: 'PodTemplate', apiVersion: 'v1', body: () => ({ template: template() }), spec: '/template/spec' },
];

/** Adds a workload of a kind to the release; it becomes object 2. */
export const addWorkload = (draft: Draft, { kind, apiVersion, body }: Kind): Draft =>
  draft.put(`${VALUES}/objects/-`, {
    apiVersion,
    kind,
    metadata: { name: 'tool', namespace: 'airlock-serving' },
    ...body(),
  });

/** Pointer of the pod spec of the workload that {@link addWorkload} added. */
export const addedPod = ({ spec }: Kind): string => `${VALUES}/objects/2${spec}`;

/** Types of the provider that make pods, with the path from the resource to the pod spec. */
export const TYPED_KINDS: readonly { readonly type: string; readonly spec: string }[] = [
  { type: 'kubernetes_pod', spec: '/spec' },
  { type: 'kubernetes_pod_v1', spec: '/spec' },
  ...[
    'kubernetes_deployment',
    'kubernetes_deployment_v1',
    'kubernetes_stateful_set',
    'kubernetes_stateful_set_v1',
    'kubernetes_daemonset',
    'kubernetes_daemon_set_v1',
    'kubernetes_job',
    'kubernetes_job_v1',
    'kubernetes_replication_controller',
    'kubernetes_replication_controller_v1',
  ].map((type) => ({ type, spec: '/spec/template/spec' })),
  { type: 'kubernetes_cron_job', spec: '/spec/job_template/spec/template/spec' },
  { type: 'kubernetes_cron_job_v1', spec: '/spec/job_template/spec/template/spec' },
];

/** Adds a typed workload as `<type>.tool`, in the block names of the provider; single blocks as lists of one. */
export function addTyped(draft: Draft, { type, spec }: (typeof TYPED_KINDS)[number]): Draft {
  const base = `/resource/${type}/tool`;
  const container = {
    name: 'tool',
    image: TOOLBOX_IMAGE,
    security_context: [{ allow_privilege_escalation: false, run_as_non_root: true, capabilities: [{ drop: ['ALL'] }] }],
  };
  return draft
    .put(`${base}/metadata`, [{ name: 'tool', namespace: 'airlock-serving' }])
    .put(`${base}/depends_on`, ['kubernetes_network_policy_v1.serving_deny'])
    .put(`${base}${spec}`, {
      security_context: [{ run_as_non_root: true, seccomp_profile: [{ type: 'RuntimeDefault' }] }],
      container: [container],
      init_container: [{ ...container, name: 'prepare' }],
    });
}
