/** A CA certificate in a pod of the kit, by which it trusts a server outside the cluster. */
import type { ConfigMap, Volume, VolumeMount } from 'kubernetes-types/core/v1';
import { platformLabels } from '../../catalog/platform/names';

const CA_FOLDER = '/etc/airlock/ca';

/** A CA certificate as a pod of the kit sees it. */
export interface MountedCa {
  readonly args: readonly string[];
  readonly objects: readonly ConfigMap[];
  readonly volumes: readonly Volume[];
  readonly mounts: readonly VolumeMount[];
}

/**
 * Mounts a CA certificate from a ConfigMap.
 *
 * @param name of the ConfigMap and of the volume
 * @param file name of the file in it
 */
export function mountedCa(ca: string | undefined, namespace: string, name: string, file: string): MountedCa {
  if (ca === undefined) return { args: [], objects: [], volumes: [], mounts: [] };
  return {
    args: ['--ca', `${CA_FOLDER}/${file}`],
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace, labels: { ...platformLabels(name) } },
        data: { [file]: ca },
      },
    ],
    volumes: [{ name, configMap: { name } }],
    mounts: [{ name, mountPath: CA_FOLDER, readOnly: true }],
  };
}
