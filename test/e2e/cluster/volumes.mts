/** Storage as a site's operators would have it: a class, and a volume for each claim that wants one. */
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { StorageClass } from 'kubernetes-types/storage/v1.js';
import type { Kubectl } from '../../../cluster/kubectl.js';

const PROVISIONER = 'e2e.airlock.example/paper';

/** The classes that an enclave names; the first is the cluster's default. */
export const storageClasses = (names: readonly string[]): StorageClass[] =>
  names.map((name, at) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: {
      name,
      ...(at === 0 ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
    },
    provisioner: PROVISIONER,
    volumeBindingMode: 'Immediate',
  }));

const volumeFor = ({ metadata, spec }: PersistentVolumeClaim): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `pv-${metadata?.namespace ?? ''}-${metadata?.name ?? ''}` },
  spec: {
    accessModes: [...(spec?.accessModes ?? [])],
    capacity: { storage: spec?.resources?.requests?.['storage'] ?? '1Gi' },
    claimRef: { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', uid: metadata?.uid ?? '' },
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/nowhere' },
    ...(spec?.storageClassName === undefined ? {} : { storageClassName: spec.storageClassName }),
  },
});

/** Makes a volume for each claim that waits; what a provisioner would do. */
export async function provision(admin: Kubectl): Promise<void> {
  const claims = await admin.list<PersistentVolumeClaim>('persistentvolumeclaims');
  const waiting = claims.filter(({ spec, status }) => status?.phase === 'Pending' && spec?.volumeName === undefined);
  if (waiting.length > 0) await admin.apply(waiting.map(volumeFor), 'e2e-provisioner');
}
