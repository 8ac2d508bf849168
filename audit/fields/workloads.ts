/** Fields of the kinds that make pods (API reference, "Workload Resources"; kubernetes-sigs/lws api/leaderworkerset/v1). */
import {
  ANY_TEXT,
  below,
  COUNT_OR_SHARE,
  type FieldTable,
  FLAG,
  harmless,
  judgedAs,
  NAME,
  oneOf,
  orElse,
  QUANTITY,
  WHOLE_NUMBER,
} from './disposition';
import { METADATA, selector, TEMPLATE_METADATA } from './metadata';
import { POD } from './pod';

const PACE = 'it decides how many pods there are, and how they are replaced';
const PACED = harmless(WHOLE_NUMBER, PACE);
const SHARED_PACE = harmless(COUNT_OR_SHARE, PACE);
/** A selector that differs from the template’s labels is refused by the API server; a wider one adopts pods that are there. */
const OWN_PODS = harmless(ANY_TEXT, 'the API server refuses one that does not select the pods of the template');

const template = (path: string): FieldTable => below(path, { ...TEMPLATE_METADATA, ...below('spec', POD) });

/** Claims that a StatefulSet makes for each replica, and PersistentVolumeClaims. */
export const CLAIM_SPEC: FieldTable = {
  'accessModes[]': harmless(
    oneOf('ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'),
    'it decides on how many nodes a volume may be mounted; who may mount it, pods say',
  ),
  'resources.requests.storage': harmless(QUANTITY, 'it decides how large the volume is'),
  'resources.limits.storage': harmless(QUANTITY, 'it decides how large the volume is'),
  storageClassName: orElse(
    judgedAs(NAME, 'AIR-DATA-1'),
    'weights are verified whenever they are read, wherever they lie; of the rest AIR-DATA-1 asks',
  ),
  volumeMode: harmless(oneOf('Filesystem'), 'it is the default'),
};

const replicated: FieldTable = {
  ...METADATA,
  'spec.replicas': PACED,
  'spec.minReadySeconds': PACED,
  'spec.revisionHistoryLimit': PACED,
  'spec.progressDeadlineSeconds': PACED,
  'spec.paused': harmless(FLAG, PACE),
  ...below('spec.selector', selector(OWN_PODS)),
  ...template('spec.template'),
};

const job: FieldTable = {
  activeDeadlineSeconds: PACED,
  backoffLimit: PACED,
  completions: PACED,
  completionMode: harmless(oneOf('NonIndexed', 'Indexed'), PACE),
  parallelism: PACED,
  suspend: harmless(FLAG, PACE),
  ttlSecondsAfterFinished: PACED,
  ...template('template'),
};

export const WORKLOADS: Readonly<Record<string, FieldTable>> = {
  '/Pod': { ...METADATA, ...below('spec', POD) },
  '/PodTemplate': { ...METADATA, ...template('template') },
  '/ReplicationController': { ...replicated, 'spec.selector.*': OWN_PODS },
  'apps/Deployment': {
    ...replicated,
    'spec.strategy.type': harmless(oneOf('RollingUpdate', 'Recreate'), PACE),
    'spec.strategy.rollingUpdate.maxSurge': SHARED_PACE,
    'spec.strategy.rollingUpdate.maxUnavailable': SHARED_PACE,
  },
  'apps/ReplicaSet': replicated,
  'apps/DaemonSet': {
    ...replicated,
    'spec.updateStrategy.type': harmless(oneOf('RollingUpdate', 'OnDelete'), PACE),
    'spec.updateStrategy.rollingUpdate.maxSurge': SHARED_PACE,
    'spec.updateStrategy.rollingUpdate.maxUnavailable': SHARED_PACE,
  },
  'apps/StatefulSet': {
    ...replicated,
    'spec.serviceName': harmless(NAME, 'it names the pods in the cluster’s own DNS'),
    'spec.podManagementPolicy': harmless(oneOf('OrderedReady', 'Parallel'), PACE),
    'spec.updateStrategy.type': harmless(oneOf('RollingUpdate', 'OnDelete'), PACE),
    'spec.updateStrategy.rollingUpdate.partition': PACED,
    'spec.updateStrategy.rollingUpdate.maxUnavailable': SHARED_PACE,
    'spec.persistentVolumeClaimRetentionPolicy.whenDeleted': orElse(
      judgedAs(oneOf('Retain', 'Delete'), 'AIR-DATA-2'),
      'it retains, which is the default',
    ),
    'spec.persistentVolumeClaimRetentionPolicy.whenScaled': orElse(
      judgedAs(oneOf('Retain', 'Delete'), 'AIR-DATA-2'),
      'it retains, which is the default',
    ),
    'spec.volumeClaimTemplates[].apiVersion': harmless(oneOf('v1'), 'it is the only one'),
    'spec.volumeClaimTemplates[].kind': harmless(oneOf('PersistentVolumeClaim'), 'it is the only one'),
    ...below('spec.volumeClaimTemplates[]', { ...METADATA, ...below('spec', CLAIM_SPEC) }),
  },
  'batch/Job': { ...METADATA, ...below('spec', job) },
  'batch/CronJob': {
    ...METADATA,
    'spec.concurrencyPolicy': harmless(oneOf('Allow', 'Forbid', 'Replace'), PACE),
    'spec.failedJobsHistoryLimit': PACED,
    'spec.successfulJobsHistoryLimit': PACED,
    'spec.schedule': harmless(ANY_TEXT, 'it decides when the pods run'),
    'spec.startingDeadlineSeconds': PACED,
    'spec.suspend': harmless(FLAG, PACE),
    'spec.timeZone': harmless(ANY_TEXT, 'it decides when the pods run'),
    ...below('spec.jobTemplate', { ...TEMPLATE_METADATA, ...below('spec', job) }),
  },
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': {
    ...METADATA,
    'spec.replicas': PACED,
    'spec.startupPolicy': harmless(oneOf('LeaderCreated', 'LeaderReady'), PACE),
    'spec.rolloutStrategy.type': harmless(oneOf('RollingUpdate'), PACE),
    'spec.rolloutStrategy.rollingUpdateConfiguration.maxSurge': SHARED_PACE,
    'spec.rolloutStrategy.rollingUpdateConfiguration.maxUnavailable': SHARED_PACE,
    'spec.rolloutStrategy.rollingUpdateConfiguration.partition': SHARED_PACE,
    'spec.networkConfig.subdomainPolicy': harmless(
      oneOf('Shared', 'UniquePerReplica'),
      'it names pods in the cluster’s own DNS',
    ),
    'spec.leaderWorkerTemplate.size': PACED,
    'spec.leaderWorkerTemplate.restartPolicy': harmless(
      oneOf('RecreateGroupOnPodRestart', 'None', 'Default'),
      'it decides whether a group starts again as a whole',
    ),
    ...template('spec.leaderWorkerTemplate.leaderTemplate'),
    ...template('spec.leaderWorkerTemplate.workerTemplate'),
  },
};
