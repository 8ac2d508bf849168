/** Volumes of a pod that an init container fills with verified weights before anything else starts. */
import { type Container, containersOf, podSpec, type PodTemplate } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { FETCH_OPTIONS, kitCommandLine } from './kit-arguments';
import { readImage } from './image-reference';
import type { AuditContext } from './rule';

export interface VerifiedVolume {
  readonly volume: string;
  /** Models that were verified into it. */
  readonly models: readonly string[];
  readonly fetch: Container;
  /** True for volumes that exist for this pod alone. */
  readonly ownedByPod: boolean;
}

export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly node: PlanNode;
}

export const mountsOf = ({ node }: Container): Mount[] =>
  itemsOf(at(node, 'volumeMounts')).map((mount) => ({
    volume: textOf(at(mount, 'name')) ?? '',
    path: textOf(at(mount, 'mountPath')) ?? '',
    node: mount,
  }));

const isWithin = (path: string, mountPath: string): boolean => {
  const base = mountPath.replace(/\/+$/, '');
  return path === base || path.startsWith(`${base}/`);
};

/** The mount that a path lies on: the one with the longest mount path. */
export const mountAt = (mounts: readonly Mount[], path: string): Mount | undefined =>
  mounts.filter((mount) => isWithin(path, mount.path)).sort((a, b) => b.path.length - a.path.length)[0];

/** A container that starts, verifies and ends before the next one; sidecars (`restartPolicy: Always`) do not end. */
const runsToCompletion = ({ list, node }: Container): boolean =>
  list === 'initContainers' && textOf(at(node, 'restartPolicy')) === undefined;

/** Folder below which a fetching container may mount configuration, such as a CA certificate. */
const CONFIGURATION_FOLDER = '/etc/airlock';

/** The program itself, not what NODE_OPTIONS or a file mounted over it makes of it. */
const isUndisturbed = ({ node }: Container, mounts: readonly Mount[], into: Mount): boolean =>
  itemsOf(at(node, 'env')).length === 0 &&
  itemsOf(at(node, 'envFrom')).length === 0 &&
  mounts.every((mount) => mount === into || isWithin(mount.path, CONFIGURATION_FOLDER));

function isLockedKit({ node }: Container, { enclave, locked }: AuditContext): boolean {
  const image = readImage(textOf(at(node, 'image')) ?? '', enclave);
  return image !== undefined && locked.image(image.repository ?? '', image.digest)?.name === 'kit';
}

/** @throws Unproven when an argument of a fetching container is unknown */
export function verifiedVolumes(pod: PodTemplate, context: AuditContext): VerifiedVolume[] {
  const volumes = itemsOf(at(podSpec(pod), 'volumes'));
  const found = new Map<string, VerifiedVolume>();
  for (const container of containersOf(pod)) {
    if (!runsToCompletion(container) || !isLockedKit(container, context)) continue;
    const { command, options } = kitCommandLine(container);
    const [model, ...moreModels] = options.get('model') ?? [];
    const [into, ...moreFolders] = options.get('into') ?? [];
    const plain = [...options.keys()].every((name) => FETCH_OPTIONS.includes(name));
    if (command !== 'weights fetch' || !plain || model === undefined || into === undefined) continue;
    if (moreModels.length > 0 || moreFolders.length > 0 || into.value.split('/').includes('..')) continue;
    const mounts = mountsOf(container);
    const mount = mountAt(mounts, into.value);
    const volume = volumes.find((candidate) => textOf(at(candidate, 'name')) === mount?.volume);
    if (mount === undefined || volume === undefined || !isUndisturbed(container, mounts, mount)) continue;
    const before = found.get(mount.volume);
    found.set(mount.volume, {
      volume: mount.volume,
      models: [...(before?.models ?? []), model.value.split('@')[0] ?? ''],
      fetch: container,
      ownedByPod: at(volume, 'emptyDir') !== undefined || at(volume, 'ephemeral') !== undefined,
    });
  }
  return [...found.values()];
}
