/** Resource types of the Terraform Kubernetes provider (2.38), and the objects they make. */
interface TypedResource {
  readonly apiVersion: string;
  readonly kind: string;
}

const kinds = (apiVersion: string, table: Readonly<Record<string, readonly string[]>>): [string, TypedResource][] =>
  Object.entries(table).flatMap(([kind, types]) =>
    types.map((type): [string, TypedResource] => [`kubernetes_${type}`, { apiVersion, kind }]),
  );

/** Resource type → apiVersion and kind. */
export const TYPED_RESOURCES: ReadonlyMap<string, TypedResource> = new Map([
  ...kinds('v1', {
    ConfigMap: ['config_map', 'config_map_v1'],
    Endpoints: ['endpoints', 'endpoints_v1'],
    LimitRange: ['limit_range', 'limit_range_v1'],
    Namespace: ['namespace', 'namespace_v1'],
    PersistentVolume: ['persistent_volume', 'persistent_volume_v1'],
    PersistentVolumeClaim: ['persistent_volume_claim', 'persistent_volume_claim_v1'],
    Pod: ['pod', 'pod_v1'],
    ReplicationController: ['replication_controller', 'replication_controller_v1'],
    ResourceQuota: ['resource_quota', 'resource_quota_v1'],
    Secret: ['secret', 'secret_v1'],
    Service: ['service', 'service_v1'],
    ServiceAccount: ['service_account', 'service_account_v1'],
  }),
  ...kinds('apps/v1', {
    DaemonSet: ['daemonset', 'daemon_set_v1'],
    Deployment: ['deployment', 'deployment_v1'],
    StatefulSet: ['stateful_set', 'stateful_set_v1'],
  }),
  ...kinds('batch/v1', { CronJob: ['cron_job', 'cron_job_v1'], Job: ['job', 'job_v1'] }),
  ...kinds('networking.k8s.io/v1', {
    Ingress: ['ingress', 'ingress_v1'],
    IngressClass: ['ingress_class', 'ingress_class_v1'],
    NetworkPolicy: ['network_policy', 'network_policy_v1'],
  }),
  ...kinds('policy/v1', { PodDisruptionBudget: ['pod_disruption_budget', 'pod_disruption_budget_v1'] }),
  ...kinds('rbac.authorization.k8s.io/v1', {
    ClusterRole: ['cluster_role', 'cluster_role_v1'],
    ClusterRoleBinding: ['cluster_role_binding', 'cluster_role_binding_v1'],
    Role: ['role', 'role_v1'],
    RoleBinding: ['role_binding', 'role_binding_v1'],
  }),
  ...kinds('storage.k8s.io/v1', {
    CSIDriver: ['csi_driver', 'csi_driver_v1'],
    StorageClass: ['storage_class', 'storage_class_v1'],
  }),
  ...kinds('scheduling.k8s.io/v1', { PriorityClass: ['priority_class', 'priority_class_v1'] }),
  ...kinds('node.k8s.io/v1', { RuntimeClass: ['runtime_class_v1'] }),
  ...kinds('discovery.k8s.io/v1', { EndpointSlice: ['endpoint_slice_v1'] }),
  ...kinds('certificates.k8s.io/v1', {
    CertificateSigningRequest: ['certificate_signing_request', 'certificate_signing_request_v1'],
  }),
  ...kinds('autoscaling/v2', {
    HorizontalPodAutoscaler: [
      'horizontal_pod_autoscaler',
      'horizontal_pod_autoscaler_v1',
      'horizontal_pod_autoscaler_v2',
      'horizontal_pod_autoscaler_v2beta2',
    ],
  }),
  ...kinds('admissionregistration.k8s.io/v1', {
    ValidatingWebhookConfiguration: ['validating_webhook_configuration', 'validating_webhook_configuration_v1'],
  }),
]);

/**
 * Types that change parts of objects which some other resource, or somebody else, makes. Whatever such an object is, the
 * plan does not show it whole: labels decide what Pod Security enforces and which policies select a pod, annotations what
 * a network plugin lets pass, variables what a container does, data of a ConfigMap what a gateway or admission allows.
 */
export const PATCH_RESOURCES: ReadonlySet<string> = new Set([
  'kubernetes_annotations',
  'kubernetes_config_map_v1_data',
  'kubernetes_default_service_account',
  'kubernetes_default_service_account_v1',
  'kubernetes_env',
  'kubernetes_labels',
  'kubernetes_node_taint',
  'kubernetes_secret_v1_data',
]);
