/** Paths of a container that outlive its pod. */
import { podSpec } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { mountAt, mountsOf } from '../rules/verified-volumes';
import type { Program } from './program';

/** The volume of the pod that a path lies on; undefined for the image's own files, and for templates of claims. */
export function volumeAt({ container }: Program, path: string): PlanNode | undefined {
  const mount = mountAt(mountsOf(container), path);
  const volumes = itemsOf(at(podSpec(container.pod), 'volumes'));
  return mount === undefined ? undefined : volumes.find((one) => textOf(at(one, 'name')) === mount.volume);
}

/** Whether a path lies in a claim. */
export function isKept(program: Program, path: unknown): boolean {
  if (typeof path !== 'string' || !path.startsWith('/') || path.split('/').includes('..')) return false;
  const { container } = program;
  const mounted = mountAt(mountsOf(container), path)?.volume;
  const templates = itemsOf(at(container.pod.object.root, 'spec', 'volumeClaimTemplates'));
  return (
    at(volumeAt(program, path), 'persistentVolumeClaim') !== undefined ||
    templates.some((one) => mounted !== undefined && textOf(at(one, 'metadata', 'name')) === mounted)
  );
}
