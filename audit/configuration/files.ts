/** Files that a container sees because the plan puts them into ConfigMaps. */
import path from 'node:path';
import { objectsNamed } from '../kubernetes/find-object';
import type { KubernetesObject } from '../kubernetes/object';
import { type Container, podSpec } from '../kubernetes/pods';
import { sourcesOf } from '../kubernetes/volumes';
import { at, entriesOf, isEmptyObject, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import { type Mount, mountsOf } from '../rules/verified-volumes';
import type { AuditContext, Complaint } from '../rules/rule';

/** A file of a ConfigMap, as a container sees it. */
export interface MountedFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly text: string;
  /** The value in the ConfigMap. */
  readonly node: PlanNode;
  readonly object: KubernetesObject;
}

/** What a container is given to read. */
export interface MountedFiles {
  readonly files: readonly MountedFile[];
  readonly complaints: readonly Complaint[];
}

const NOTHING: MountedFiles = { files: [], complaints: [] };

const unknown = (node: PlanNode, message: string, fix: string): Complaint => ({
  ...{ check: 'unknown', message, fix, where: node.where },
  unproven: true,
});

const knownKeys = (node: PlanNode, keys: readonly string[], what: string): Complaint[] =>
  entriesOf(node)
    .filter(([key]) => !keys.includes(key))
    .map(([key, value]) => unknown(value, `"${key}" decides which files ${what} shows`, `remove "${key}"`));

/** A ConfigMap by its name in the namespace of a pod. */
export const configMapOf = (
  { objects }: AuditContext,
  namespace: string,
  name: string | undefined,
): KubernetesObject | undefined =>
  name === undefined
    ? undefined
    : objectsNamed(objects, 'ConfigMap', namespace, name).find(({ apiVersion }) => apiVersion === 'v1');

/** Fields of a ConfigMap and of its typed resource that hold no content. */
const MAP_FIELDS = ['apiVersion', 'kind', 'metadata', 'data', 'binaryData', 'immutable'];
const TERRAFORM_FIELDS = ['//', 'dependsOn', 'lifecycle', 'provider', 'timeouts'];

/** Files of a ConfigMap, by their names. */
function filesOf(object: KubernetesObject): { names: Map<string, PlanNode>; complaints: Complaint[] } {
  const binary = at(object.root, 'binaryData');
  const others = entriesOf(object.root).filter(([key]) => !MAP_FIELDS.includes(key) && !TERRAFORM_FIELDS.includes(key));
  return {
    names: new Map(entriesOf(at(object.root, 'data'))),
    complaints: [
      ...(binary === undefined || isEmptyObject(binary)
        ? []
        : [unknown(binary, `nobody reads the binaryData of ConfigMap ${object.name}`, 'write texts under data')]),
      ...others.map(([key, value]) => unknown(value, `"${key}" is no field of a ConfigMap`, 'remove it')),
      ...(object.hook
        ? [unknown(object.root, `ConfigMap ${object.name} is a hook: it may come and go`, 'remove the annotation')]
        : []),
    ],
  };
}

/** Files of one mount of a ConfigMap. */
function mountedFrom(volume: PlanNode, mount: Mount, object: KubernetesObject): MountedFiles {
  const source = at(volume, 'configMap');
  if (source === undefined) return NOTHING;
  const { names, complaints } = filesOf(object);
  const items = at(source, 'items');
  const listed: readonly (readonly [string, PlanNode | undefined])[] =
    items === undefined
      ? [...names]
      : itemsOf(items).map((item) => [textOf(at(item, 'path')) ?? '', names.get(textOf(at(item, 'key')) ?? '')]);
  const seen = listed.filter(([name]) => mount.subPath === '' || name === mount.subPath);
  const isAbsent = seen.length === 0 || seen.some(([, node]) => node === undefined);
  return {
    files: seen.flatMap(([name, node]): MountedFile[] =>
      node === undefined
        ? []
        : [
            {
              path: path.posix.normalize(mount.subPath === '' ? `${mount.path}/${name}` : mount.path),
              text: textOf(node) ?? '',
              ...{ node, object },
            },
          ],
    ),
    complaints: [
      ...complaints,
      ...(isAbsent
        ? [unknown(mount.node, `ConfigMap ${object.name} lacks a file that is mounted`, 'name files that it has')]
        : []),
      // `defaultMode` and `optional` change neither names nor bytes of a ConfigMap that the plan makes.
      ...knownKeys(source, ['name', 'items', 'defaultMode', 'optional'], 'the volume'),
    ],
  };
}

/** Sources of volumes that bring no file of the plan: what they may be is judged with the pod. */
const isConfiguration = (volume: PlanNode): boolean =>
  at(volume, 'configMap') !== undefined || at(volume, 'projected') !== undefined;

const inside = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);

/** Of two mounts, one of which lies in the other, nobody says which file a program finds. */
function overlapping(mounts: readonly Mount[], configured: readonly Mount[]): Complaint[] {
  const folder = ({ path: place }: Mount): string => path.posix.normalize(place).replace(/\/+$/, '');
  return configured
    .filter((one) =>
      mounts.some(
        (other) => other !== one && (inside(folder(one), folder(other)) || inside(folder(other), folder(one))),
      ),
    )
    .map(({ node, path: place }) =>
      unknown(node, `another volume is mounted over or below ${place}`, 'give each volume a folder of its own'),
    );
}

/**
 * What a container reads from ConfigMaps.
 *
 * @param mayBeElsewhere whether a ConfigMap that the plan does not make may be mounted
 * @throws Unproven where only Terraform knows a value
 */
export function mountedFiles(
  container: Container,
  context: AuditContext,
  mayBeElsewhere: (mount: Mount) => boolean,
): MountedFiles {
  const volumes = itemsOf(at(podSpec(container.pod), 'volumes'));
  const mounts = mountsOf(container);
  const volumeOf = ({ volume }: Mount): PlanNode[] =>
    volumes.filter((node) => textOf(at(node, 'name')) === volume && isConfiguration(node));
  const configured = mounts.filter((mount) => volumeOf(mount).length > 0);
  const parts = configured.flatMap((mount) =>
    volumeOf(mount).map((volume): MountedFiles => {
      const source = at(volume, 'configMap');
      if (source === undefined)
        return {
          files: [],
          complaints: [unknown(volume, 'a projected volume shows files of several sources', 'mount one ConfigMap')],
        };
      if (sourcesOf(volume).length > 1)
        return { files: [], complaints: [unknown(volume, 'the volume has several sources', 'write one ConfigMap')] };
      const name = textOf(at(source, 'name'));
      const object = configMapOf(context, container.pod.object.namespace, name);
      if (object !== undefined) return mountedFrom(volume, mount, object);
      if (mayBeElsewhere(mount)) return NOTHING;
      const message = `the plan does not make ConfigMap ${name ?? ''}, so nobody knows what ${container.label} reads`;
      return { files: [], complaints: [unknown(volume, message, 'make it in the plan')] };
    }),
  );
  return {
    files: parts.flatMap(({ files }) => files),
    complaints: [...parts.flatMap(({ complaints }) => complaints), ...overlapping(mounts, configured)],
  };
}

/** Variables whose values lie in ConfigMaps. */
export const variablesFromMaps = ({ node }: Container): Complaint[] => [
  ...itemsOf(at(node, 'env'))
    .filter((variable) => at(variable, 'valueFrom', 'configMapKeyRef') !== undefined)
    .map((variable) =>
      unknown(variable, 'the value of the variable lies in a ConfigMap', 'write it where the variable is'),
    ),
  ...itemsOf(at(node, 'envFrom'))
    .filter((source) => at(source, 'configMapRef') !== undefined)
    .map((source) => unknown(source, 'a ConfigMap decides which variables there are', 'write the variables out')),
];
