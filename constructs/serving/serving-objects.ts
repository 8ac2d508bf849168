/** The objects around the pods of a serving. */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { PodSpec } from 'kubernetes-types/core/v1';
import { surgeOf } from '../../engines/serving';
import type { WeightsVolume } from '../weights/weights-volume';

export type Labels = Readonly<Record<string, string>>;

/** What the objects of one serving share. */
export interface ServingIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Labels that only the pods of this serving have. */
  readonly selector: Labels;
  readonly replicas: number;
}

export interface DeploymentProps {
  /** Whether pods hold GPUs: then a surplus pod may find none. */
  readonly onGpu: boolean;
  /** Seconds after which a rollout without progress has failed. */
  readonly progressSeconds: number;
}

export function servingDeployment(
  { name, namespace, labels, selector, replicas }: ServingIdentity,
  pod: PodSpec,
  { onGpu, progressSeconds }: DeploymentProps,
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: surgeOf(onGpu), maxUnavailable: onGpu ? 1 : 0 },
      },
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: progressSeconds,
      selector: { matchLabels: selector },
      template: { metadata: { labels }, spec: pod },
    },
  };
}

/** Claim templates are immutable, so another content is another StatefulSet; claims of the old one go with it. */
export function servingStatefulSet(
  { name, namespace, labels, selector, replicas }: ServingIdentity,
  pod: PodSpec,
  { contentKey, claimTemplates }: WeightsVolume,
): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: `${name}-${contentKey}`, namespace, labels },
    spec: {
      replicas,
      serviceName: name,
      // Replicas know nothing of each other.
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      updateStrategy: { type: 'RollingUpdate' },
      revisionHistoryLimit: 3,
      selector: { matchLabels: selector },
      template: { metadata: { labels }, spec: pod },
      volumeClaimTemplates: [...claimTemplates],
    },
  };
}
