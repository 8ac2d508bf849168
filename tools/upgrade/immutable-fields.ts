/**
 * Fields that no update can change: Terraform replaces a typed resource when one of its own changes, the API server
 * refuses the object of a release.
 */
import { parseQuantity } from '../../core/quantity';

/** A change that can be made in one direction only. */
export interface FieldRule {
  /** Path of object keys, with dots. */
  readonly path: string;
  /**
   * What changes are harmless.
   *
   * @default 'none'
   */
  readonly allows?: 'none' | 'growth';
}

const fixed = (...paths: string[]): FieldRule[] => paths.map((path) => ({ path }));

/**
 * Fields with `ForceNew` (hashicorp/terraform-provider-kubernetes v2.38.0, kubernetes/resource_kubernetes_*_v1.go and
 * schema_persistent_volume_claim.go) or `RequiresReplace` (hashicorp/terraform-provider-helm v3.1.1,
 * helm/resource_helm_release.go), beside `metadata.name` and `metadata.namespace`, which all typed kinds share.
 *
 * A kind that is missing here cannot be judged, and is reported.
 */
export const REPLACING_FIELDS: Readonly<Record<string, readonly FieldRule[]>> = {
  helm_release: fixed('name', 'namespace'),
  kubernetes_cluster_role_binding_v1: fixed('role_ref'),
  kubernetes_cluster_role_v1: [],
  kubernetes_limit_range_v1: [],
  kubernetes_namespace_v1: [],
  kubernetes_network_policy_v1: [],
  kubernetes_persistent_volume_claim_v1: [
    ...fixed('spec.access_modes', 'spec.selector', 'spec.storage_class_name', 'spec.volume_mode', 'spec.volume_name'),
    ...fixed('spec.resources.limits'),
    { path: 'spec.resources.requests.storage', allows: 'growth' },
  ],
  kubernetes_priority_class_v1: fixed('value', 'preemption_policy'),
  kubernetes_resource_quota_v1: fixed('spec.scopes'),
  kubernetes_role_binding_v1: fixed('role_ref'),
  kubernetes_role_v1: [],
  kubernetes_runtime_class_v1: fixed('handler'),
  kubernetes_service_account_v1: [],
};

/** Fields that the API server lets nobody change (kubernetes/kubernetes pkg/apis/<group>/validation). */
export const IMMUTABLE_FIELDS: Readonly<Record<string, readonly FieldRule[]>> = {
  ClusterRoleBinding: fixed('roleRef'),
  DaemonSet: fixed('spec.selector'),
  Deployment: fixed('spec.selector'),
  Job: fixed('spec.selector', 'spec.template', 'spec.completionMode'),
  PersistentVolumeClaim: [
    ...fixed('spec.accessModes', 'spec.selector', 'spec.storageClassName', 'spec.volumeMode', 'spec.volumeName'),
    { path: 'spec.resources.requests.storage', allows: 'growth' },
  ],
  PriorityClass: fixed('value', 'preemptionPolicy'),
  RoleBinding: fixed('roleRef'),
  RuntimeClass: fixed('handler'),
  Service: fixed('spec.clusterIP'),
  StatefulSet: fixed('spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'),
};

/** Whether a quantity stays or grows; one that comes or goes does neither. */
const grows = (before: unknown, after: unknown): boolean =>
  typeof before === 'string' && typeof after === 'string' && parseQuantity(after) >= parseQuantity(before);

const at = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);

/** The rules that a change breaks, as `path: before → after`. */
export function brokenRules(rules: readonly FieldRule[], before: unknown, after: unknown): string[] {
  return rules.flatMap(({ path, allows = 'none' }) => {
    const [old, fresh] = [at(before, path), at(after, path)];
    const [was, is] = [old, fresh].map((value) => (value === undefined ? 'absent' : JSON.stringify(value)));
    if (was === is || (allows === 'growth' && grows(old, fresh))) return [];
    return [`${path}: ${was ?? ''} → ${is ?? ''}`];
  });
}
