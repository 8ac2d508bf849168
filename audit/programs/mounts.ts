/** What a container sees at a path: an algebra over its mounts, the longest of which decides. */
import { posix } from 'node:path';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { objectsNamed } from '../kubernetes/find-object';
import { type Container, podSpec, type PodTemplate } from '../kubernetes/pods';
import { sourcesOf } from '../kubernetes/volumes';
import type { AuditContext } from '../rules/rule';
import { type Mount, mountAt, mountsOf, showsVerified, type VerifiedVolume } from '../rules/verified-volumes';

/**
 * `image`: of the image itself. `verified`: verified weights or files. `scratch`: ends with the pod. `configuration`: a
 * ConfigMap. `secret`: a Secret. `kept`: a claim. `node`: of the node. `unknown`: anything else.
 */
export type Placed = 'image' | 'verified' | 'scratch' | 'configuration' | 'secret' | 'kept' | 'node' | 'unknown';

const SOURCES: Readonly<Record<string, Placed>> = {
  emptyDir: 'scratch',
  configMap: 'configuration',
  secret: 'secret',
  persistentVolumeClaim: 'kept',
  hostPath: 'node',
  // Only a driver of secrets is known (AIR-PLAN-1).
  csi: 'secret',
};

/** Of a volume with one source, and one that is known. */
function placedSource(volume: PlanNode): Placed {
  const [source = '', another] = sourcesOf(volume);
  return another === undefined && Object.hasOwn(SOURCES, source) ? (SOURCES[source] ?? 'unknown') : 'unknown';
}

/** Whether a claim is one that the plan makes, or the enclave names for weights. */
function isKnownClaim(pod: PodTemplate, volume: PlanNode, { objects, enclave }: AuditContext): boolean {
  const name = textOf(at(volume, 'persistentVolumeClaim', 'claimName'));
  return (
    name === enclave.weights?.claim?.name ||
    (name !== undefined && objectsNamed(objects, 'PersistentVolumeClaim', pod.object.namespace, name).length > 0)
  );
}

function placedVolume(pod: PodTemplate, name: string, context: AuditContext): Placed {
  const volume = itemsOf(at(podSpec(pod), 'volumes')).find((one) => textOf(at(one, 'name')) === name);
  if (volume !== undefined) {
    const placed = placedSource(volume);
    return placed === 'kept' && !isKnownClaim(pod, volume, context) ? 'unknown' : placed;
  }
  const templates = pod.object.kind === 'StatefulSet' ? at(pod.object.root, 'spec', 'volumeClaimTemplates') : undefined;
  return itemsOf(templates).some((one) => textOf(at(one, 'metadata', 'name')) === name) ? 'kept' : 'unknown';
}

const placedMount = (
  pod: PodTemplate,
  mount: Mount,
  verified: readonly VerifiedVolume[],
  context: AuditContext,
): Placed =>
  verified.some((volume) => showsVerified(volume, mount)) ? 'verified' : placedVolume(pod, mount.volume, context);

/** What a container sees at a path. A relative path, or one with `..` or with what the kubelet would fill in, is unknown. */
export function placedAt(
  pod: PodTemplate,
  container: Container,
  verified: readonly VerifiedVolume[],
  context: AuditContext,
): (path: string) => Placed {
  const mounts = mountsOf(container);
  return (path) => {
    if (!posix.isAbsolute(path) || path.includes('$(') || path.split('/').includes('..')) return 'unknown';
    const mount = mountAt(mounts, posix.normalize(path).replace(/(?<=.)\/$/, ''));
    return mount === undefined ? 'image' : placedMount(pod, mount, verified, context);
  };
}

/** A mount with what it shows. */
export interface PlacedMount {
  readonly mount: Mount;
  readonly placed: Placed;
}

export const placedMounts = (
  pod: PodTemplate,
  container: Container,
  verified: readonly VerifiedVolume[],
  context: AuditContext,
): PlacedMount[] => mountsOf(container).map((mount) => ({ mount, placed: placedMount(pod, mount, verified, context) }));
