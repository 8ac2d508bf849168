/** Volumes of a pod that an init container fills with, or holds against, verified weights before anything else starts. */
import path from 'node:path';
import { onceWithin } from '../../core/remember';
import { type Container, containersOf, podSpec, type PodTemplate } from '../kubernetes/pods';
import { at, itemsOf, textOf } from '../plan/access';
import type { Lock } from '../../site/generated/lock';
import type { PlanNode } from '../plan/node';
import { FETCH_OPTIONS, type KitCommandLine, kitCommandLine, VERIFY_OPTIONS } from './kit-arguments';
import { readImage } from './image-reference';
import type { AuditContext } from './rule';

/**
 * How long a volume lives, and who else may get at it. `pod`: made for this pod. `image`: unpacked from an image,
 * read-only for everybody. `replica`: a claim of this StatefulSet. `shared`: a claim by name.
 */
export type VolumeLife = 'pod' | 'image' | 'replica' | 'shared';

export interface VerifiedVolume {
  readonly volume: string;
  /** Models that were verified in it. */
  readonly models: readonly string[];
  /** Folders that were verified, from the root of the volume; empty for the root itself. */
  readonly folders: readonly string[];
  /** The container that vouches for it. */
  readonly verifier: Container;
  readonly life: VolumeLife;
  /** Name of the claim, for shared ones. */
  readonly claim?: string;
}

export interface Mount {
  readonly volume: string;
  readonly path: string;
  /** Folder of the volume that is mounted; empty for its root. */
  readonly subPath: string;
  readonly node: PlanNode;
}

export const mountsOf = ({ node }: Container): Mount[] =>
  itemsOf(at(node, 'volumeMounts')).map((mount) => ({
    volume: textOf(at(mount, 'name')) ?? '',
    path: textOf(at(mount, 'mountPath')) ?? '',
    // An expression is no folder that anybody could name.
    subPath: textOf(at(mount, 'subPath')) ?? textOf(at(mount, 'subPathExpr')) ?? '',
    node: mount,
  }));

const isWithin = (inner: string, mountPath: string): boolean => {
  const base = mountPath.replace(/\/+$/, '');
  return inner === base || inner.startsWith(`${base}/`);
};

/** The mount that a path lies on: the one with the longest mount path. */
export const mountAt = (mounts: readonly Mount[], inner: string): Mount | undefined =>
  mounts.filter((mount) => isWithin(inner, mount.path)).sort((a, b) => b.path.length - a.path.length)[0];

/** A container that starts, verifies and ends before the next one; sidecars (`restartPolicy: Always`) do not end. */
const runsToCompletion = ({ list, node }: Container): boolean =>
  list === 'initContainers' && textOf(at(node, 'restartPolicy')) === undefined;

/** Folder below which a container of the kit may mount configuration, such as a CA certificate or a manifest. */
const CONFIGURATION_FOLDER = '/etc/airlock';

/** The program itself, not what NODE_OPTIONS or a file mounted over it makes of it. */
const isUndisturbed = ({ node }: Container, mounts: readonly Mount[], content: Mount): boolean =>
  itemsOf(at(node, 'env')).length === 0 &&
  itemsOf(at(node, 'envFrom')).length === 0 &&
  mounts.every((mount) => mount === content || isWithin(mount.path, CONFIGURATION_FOLDER));

function isLockedKit({ node }: Container, { enclave, locked }: AuditContext): boolean {
  const image = readImage(textOf(at(node, 'image')) ?? '', enclave);
  return image !== undefined && locked.image(image.repository ?? '', image.digest)?.name === 'kit';
}

interface Checked {
  readonly models: readonly string[];
  /** Absolute path of the folder as the container sees it. */
  readonly folder: string;
}

const only = (options: KitCommandLine['options'], name: string): string | undefined => {
  const values = options.get(name) ?? [];
  return values.length === 1 ? values[0]?.value : undefined;
};

/** The model whose bytes an Ollama store holds. */
const modelOfStore = ({ derived }: Lock, serving: string | undefined): string | undefined =>
  derived.stores?.find(({ name }) => name === serving)?.model;

/** What a command line of the kit verifies; undefined where it verifies nothing, or in a way that is not known here. */
function checkedBy({ command, options }: KitCommandLine, { lock }: AuditContext): Checked | undefined {
  const knows = (known: readonly string[]): boolean => [...options.keys()].every((name) => known.includes(name));
  const folderOf = (folder: string | undefined): string | undefined =>
    folder === undefined || folder.split('/').includes('..') ? undefined : path.posix.normalize(folder);
  if (command === 'weights fetch' && knows(FETCH_OPTIONS)) {
    const [store, storeDigest] = only(options, 'ollama')?.split('@') ?? [];
    const [model, modelDigest] = only(options, 'model')?.split('@') ?? [];
    if (model !== undefined && store !== undefined) return undefined;
    const name = model ?? modelOfStore(lock, store);
    const digest = modelDigest ?? storeDigest;
    const [into, cache] = [folderOf(only(options, 'into')), folderOf(only(options, 'cache'))];
    if ((into === undefined) === (cache === undefined)) return undefined;
    // Files beside a model are verified as it is, by a digest each, into a folder of their own.
    if (name === undefined) return into !== undefined && options.has('file') ? { models: [], folder: into } : undefined;
    // The layout of a cache: docs/contracts.md, "Kit program in pods".
    return { models: [name], folder: into ?? `${cache ?? ''}/${digest?.replace(/^sha256:/, '') ?? ''}` };
  }
  if (command === 'weights verify' && knows(VERIFY_OPTIONS)) {
    const [digest, folder] = [only(options, 'digest'), folderOf(only(options, 'dir'))];
    const models = [
      ...lock.derived.models.filter(({ manifest }) => manifest.digest === digest).map(({ name }) => name),
      ...(lock.derived.stores ?? []).filter(({ manifest }) => manifest.digest === digest).map(({ model }) => model),
    ];
    if (folder !== undefined && options.has('manifest') && models.length > 0) return { models, folder };
  }
  return undefined;
}

/** Folder of a volume, from its root, that a container sees under a path. */
const folderIn = (mount: Mount, inner: string): string =>
  path.posix.join(mount.subPath, path.posix.relative(mount.path, inner)).replace(/^\.$|\/+$/g, '');

interface FoundVolume {
  readonly life: VolumeLife;
  readonly claim?: string;
}

/** What a volume name of a pod means; undefined where there is no such volume. */
function volumeOf(pod: PodTemplate, name: string): FoundVolume | undefined {
  const isNamed = (node: PlanNode): boolean => textOf(at(node, 'name')) === name;
  const found = itemsOf(at(podSpec(pod), 'volumes')).find(isNamed);
  if (found === undefined) {
    const templates =
      pod.object.kind === 'StatefulSet' ? at(pod.object.root, 'spec', 'volumeClaimTemplates') : undefined;
    const isTemplate = itemsOf(templates).some((template) => textOf(at(template, 'metadata', 'name')) === name);
    return isTemplate ? { life: 'replica' } : undefined;
  }
  if (at(found, 'emptyDir') !== undefined || at(found, 'ephemeral') !== undefined) return { life: 'pod' };
  if (at(found, 'image') !== undefined) return { life: 'image' };
  const claim = textOf(at(found, 'persistentVolumeClaim', 'claimName'));
  return { life: 'shared', ...(claim === undefined ? {} : { claim }) };
}

/** Where a container of the locked kit verifies weights, if it does; undisturbed by what else it mounts. */
export function verifiedPlace(
  container: Container,
  context: AuditContext,
): { readonly mount: Mount; readonly checked: Checked } | undefined {
  if (!isLockedKit(container, context)) return undefined;
  const checked = checkedBy(kitCommandLine(container), context);
  const mounts = mountsOf(container);
  const mount = checked === undefined ? undefined : mountAt(mounts, checked.folder);
  if (checked === undefined || mount === undefined || !isUndisturbed(container, mounts, mount)) return undefined;
  return { mount, checked };
}

/** @throws Unproven when an argument of a verifying container is unknown */
export const verifiedVolumes = onceWithin((pod: PodTemplate, context: AuditContext): readonly VerifiedVolume[] => {
  const found = new Map<string, VerifiedVolume>();
  for (const container of containersOf(pod).filter(runsToCompletion)) {
    const place = verifiedPlace(container, context);
    const volume = place === undefined ? undefined : volumeOf(pod, place.mount.volume);
    if (place === undefined || volume === undefined) continue;
    const { mount, checked } = place;
    const before = found.get(mount.volume);
    found.set(mount.volume, {
      ...volume,
      volume: mount.volume,
      models: [...(before?.models ?? []), ...checked.models],
      folders: [...(before?.folders ?? []), folderIn(mount, checked.folder)],
      verifier: container,
    });
  }
  return [...found.values()];
});

/**
 * Whether a mount shows verified content. Of a volume that only the verifier of this pod writes to, every part does; of
 * others only the verified folders.
 */
export const showsVerified = ({ volume, life, folders }: VerifiedVolume, mount: Mount): boolean =>
  mount.volume === volume &&
  (life === 'pod' || folders.some((folder) => folder === '' || isWithin(mount.subPath, folder)));
