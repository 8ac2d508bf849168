/** Names and labels that the stacks share; they are public contract, as construct ids are. */

/** The kit's own namespaces. */
export const NAMESPACES = {
  guardrails: 'airlock-guardrails',
  mirror: 'airlock-mirror',
  serving: 'airlock-serving',
  /** What makes the cluster see its GPUs; only where the plan installs it. */
  accelerators: 'airlock-accelerators',
  /** The one door to the models; only where the site has one. */
  gateway: 'airlock-gateway',
  /** Traces of requests, which hold what people asked; only where the site records any. */
  telemetry: 'airlock-telemetry',
} as const;

/** Label that the API server itself keeps equal to a namespace's name (kubernetes.io, "Well-Known Labels"). */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Label of a serving's pods and Service: the model name of the API; servings that share it are a canary pair. */
export const SERVED_NAME_LABEL = 'airlock.dev/served-name';
/** Label of a pod that shares a replica with others on other nodes: `leader` answers, `worker` does not. */
export const GROUP_ROLE_LABEL = 'airlock.dev/group-role';
/** Annotation of a network policy: why the flow exists. */
export const REASON_ANNOTATION = 'airlock.dev/reason';
/** Annotation of a network policy: who answers for the flow. */
export const OWNER_ANNOTATION = 'airlock.dev/owner';

/** Annotations of a serving's workload: who overruled its memory fit, and why. */
export const FIT_APPROVER_ANNOTATION = 'airlock.dev/fit-overruled-by';
export const FIT_REASON_ANNOTATION = 'airlock.dev/fit-overrule-reason';

/** Components of the platform; policies select pods by them. */
export type Component =
  | 'gateway'
  | 'rate-limit'
  | 'rate-limit-store'
  | 'weight-mirror'
  | 'serving'
  | 'device-plugin'
  | 'trace-collector'
  | 'trace-store'
  | 'trace-database'
  | 'trace-backup';

/** Labels by which Services, policies and workloads find the pods of one component. */
export const componentLabels = (component: Component): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': 'airlock',
});

/** Labels by which one workload finds its own pods; immutable in a Deployment, so they hold no version. */
export const selectorLabels = (name: string, instance: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': instance,
});

/** Kubernetes documentation, "Recommended Labels". */
export const workloadLabels = (
  name: string,
  instance: string,
  component: Component,
): Readonly<Record<string, string>> => ({
  ...selectorLabels(name, instance),
  ...componentLabels(component),
  'app.kubernetes.io/managed-by': 'airlock',
});

/** Labels of what is no workload: namespaces, policies, quotas. */
export const platformLabels = (name: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'airlock',
  'app.kubernetes.io/managed-by': 'airlock',
});
