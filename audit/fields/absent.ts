/** Kinds of which an object may be missing: nothing that the audit proves of the others depends on it. */
const IDLE = 'a pod that is not there runs nothing and calls nobody; who should answer is missed by whoever calls';
const WAITS = 'pods that need it do not start';
const SHUT = 'without it less is allowed';
const UNSEEN = 'without it nobody outside asks for metrics';
const RUNNING = 'it decides how many pods there are, or which go first';

/** Group and kind → why nothing hangs on an object of the kind being there. Rules say which ones must be. */
export const MAY_BE_ABSENT: Readonly<Record<string, string>> = {
  '/Pod': IDLE,
  '/ReplicationController': IDLE,
  'apps/DaemonSet': IDLE,
  'apps/Deployment': IDLE,
  'apps/ReplicaSet': IDLE,
  'apps/StatefulSet': IDLE,
  'batch/CronJob': IDLE,
  'batch/Job': IDLE,
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': IDLE,
  '/ConfigMap': WAITS,
  '/PersistentVolumeClaim': WAITS,
  '/Secret': WAITS,
  '/ServiceAccount': WAITS,
  'node.k8s.io/RuntimeClass': WAITS,
  'scheduling.k8s.io/PriorityClass': WAITS,
  'monitoring.coreos.com/ServiceMonitor': UNSEEN,
  'monitoring.coreos.com/PodMonitor': UNSEEN,
  '/Service': 'without it nobody finds the pods',
  'rbac.authorization.k8s.io/Role': SHUT,
  'rbac.authorization.k8s.io/ClusterRole': SHUT,
  'rbac.authorization.k8s.io/RoleBinding': SHUT,
  'rbac.authorization.k8s.io/ClusterRoleBinding': SHUT,
  'autoscaling/HorizontalPodAutoscaler': RUNNING,
  'policy/PodDisruptionBudget': RUNNING,
  'coordination.k8s.io/Lease': RUNNING,
};
