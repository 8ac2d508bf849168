/** Whether the container runtime of a pod's nodes can mount image volumes, where the pod has one. */
import type { Node } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { podsOf } from '../pod-specs';
import type { ClusterFacts } from './facts';
import { fail, type Finding, ok } from './finding';
import { isSelected } from './placement';

/** Releases that mount images: containerd 2.1 (its release notes), CRI-O 1.31 (KEP-4639). */
const FLOORS: Readonly<Record<string, readonly [number, number]>> = { containerd: [2, 1], 'cri-o': [1, 31] };
const FLOORS_TEXT = 'containerd 2.1 or CRI-O 1.31';

/** `containerd://2.1.4` → whether it can; a runtime that is not known cannot. */
function mountsImages({ status = {} }: Node): boolean {
  const [, name = '', major, minor] =
    /^([a-z-]+):\/\/v?(\d+)\.(\d+)/.exec(status.nodeInfo?.containerRuntimeVersion ?? '') ?? [];
  const floor = FLOORS[name];
  if (floor === undefined) return false;
  return Number(major) > floor[0] || (Number(major) === floor[0] && Number(minor) >= floor[1]);
}

/** `volumes[].image`, which kubernetes-types 1.30 does not know. */
interface ImageVolume {
  readonly image?: unknown;
}

export function checkRuntime({ nodes }: ClusterFacts, objects: readonly PlainObject[]): Finding[] {
  return objects
    .flatMap(podsOf)
    .filter(({ spec }) => (spec.volumes ?? []).some((volume) => (volume as ImageVolume).image !== undefined))
    .map(({ subject, spec }) => {
      const old = nodes.filter((node) => isSelected(node, spec) && !mountsImages(node));
      if (old.length === 0) return ok('runtime', subject, 'its nodes mount image volumes');
      const named = old
        .map(({ metadata, status }) => `${metadata?.name ?? ''} (${status?.nodeInfo?.containerRuntimeVersion ?? '?'})`)
        .join(', ');
      return fail(
        'runtime',
        subject,
        `it mounts an image volume, which these nodes cannot: ${named}`,
        `upgrade them to ${FLOORS_TEXT}, or choose another way for the weights of the pool`,
      );
    });
}
