import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import { PersistentVolumeClaimV1 } from '@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1';
import type { ConfinedNamespace } from '../confinement/confined-namespace';
import { platformLabels } from '../../catalog/platform/names';

interface KeptVolumeProps {
  readonly name: string;
  readonly namespace: ConfinedNamespace;
  /** Quantity, e.g. `50Gi`. */
  readonly storage: string;
  /** @default - the cluster's default StorageClass */
  readonly storageClassName?: string | undefined;
}

/** A claim of one writer that outlives its pods, and that no plan may destroy. */
export const keptVolume = (
  scope: Construct,
  id: string,
  { name, namespace, storage, storageClassName }: KeptVolumeProps,
): ITerraformDependable =>
  new PersistentVolumeClaimV1(scope, id, {
    metadata: { name, namespace: namespace.name, labels: platformLabels(name) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
    // A class that binds on first use waits for a pod, which waits for this resource.
    waitUntilBound: false,
    dependsOn: namespace.ready,
    lifecycle: { preventDestroy: true },
  });

/** The same for the pods of a StatefulSet, which keeps it where it says so. */
export const claimTemplate = (
  name: string,
  labels: Readonly<Record<string, string>>,
  storage: string,
  storageClassName?: string,
): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, labels: { ...labels } },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  },
});
