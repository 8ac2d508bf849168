/** Builds what an engine loads, on the GPUs that will run it. */
import type { Job } from 'kubernetes-types/batch/v1';
import type { PersistentVolumeClaim, PodSpec } from 'kubernetes-types/core/v1';
import { canonicalJson } from '../../core/canonical-json';
import { digestOf, hexOf } from '../../core/digest';
import type { EngineBuild } from '../../engines/contract';
import { workloadLabels } from '../../catalog/platform/names';
import { gibibytes } from '../../core/quantity';
import { withoutServer } from './serving-pod';
import type { ServingIdentity } from './serving-objects';

const VOLUME = 'engines';
/** Enough to tell the builds of one serving apart. */
const KEY_DIGITS = 8;

const claimName = (serving: string): string => `${serving}-engines`;

/** The claim that holds the outputs; several replicas may run on several nodes. */
export function enginesClaim(
  { name, namespace, labels, replicas }: ServingIdentity,
  { outputBytes }: EngineBuild,
  storageClassName: string | undefined,
): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claimName(name), namespace, labels },
    spec: {
      accessModes: [replicas > 1 ? 'ReadWriteMany' : 'ReadWriteOnce'],
      // The old output stays until somebody removes it, so that a rollback finds it.
      resources: { requests: { storage: gibibytes(2 * outputBytes) } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
  };
}

/** The pod with the claim in it, for the engine read-only. */
export const withEngines = (pod: PodSpec, serving: string, { path }: EngineBuild, readOnly: boolean): PodSpec => ({
  ...pod,
  containers: pod.containers.map((container) => ({
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), { name: VOLUME, mountPath: path, readOnly }],
  })),
  volumes: [
    ...(pod.volumes ?? []),
    { name: VOLUME, persistentVolumeClaim: { claimName: claimName(serving), ...(readOnly ? { readOnly } : {}) } },
  ],
});

/**
 * The Job that builds. Its template is immutable, so its name changes with it; where the output is there already, it
 * ends at once.
 *
 * It ranks above serving: on a full pool the scheduler takes a replica away for it. Else both would wait for each other,
 * the Job for GPUs and the replica that holds them for the output.
 *
 * @param pod of the builder, as if it served
 * @param engine name of the engine, for labels
 */
export function buildJob(
  { name, namespace }: ServingIdentity,
  { path, key, outputBytes, seconds, spec }: EngineBuild,
  pod: PodSpec,
  { engine, priorityClassName }: { readonly engine: string; readonly priorityClassName: string },
): Job {
  const labels = { ...workloadLabels(engine, `${name}-build`, 'serving') };
  const builder: PodSpec = {
    ...withEngines(
      { ...pod, containers: pod.containers.map(withoutServer) },
      name,
      { path, key, outputBytes, seconds, spec },
      false,
    ),
    restartPolicy: 'OnFailure',
    priorityClassName,
  };
  const digits = hexOf(digestOf(canonicalJson(builder))).slice(0, KEY_DIGITS);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${name}-build-${digits}`, namespace, labels },
    spec: {
      backoffLimit: 3,
      activeDeadlineSeconds: seconds,
      template: { metadata: { labels }, spec: builder },
    },
  };
}
