/** What is in a cluster and in no plan, where it bears on the plan: policies only add up, so an added one is the plain way to open. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import {
  ALWAYS_SERVED,
  HARMLESS_KINDS,
  type KindName,
  NAMED_CLUSTER_OBJECTS,
  NEEDED_ADMISSION,
  OWNED_KINDS,
} from '../../catalog/controller-made';
import { visible } from '../../core/visible';
import type { Kubectl } from '../kubectl';
import type { PlannedObjects } from '../planned-objects';
import { type ApiKind, apiKinds, type Unknown } from './api-kinds';
import { bearsOnNamespaces, isRoleBinding, type Reach, reaches } from './cluster-wide';
import { subjectOf } from './drift';
import { listKinds, type Listing } from './live-objects';
import { identityOf, isNamed, kindName, labelsOf, originIn } from './made';
import type { ManagedFields } from './managed-fields';

export interface Foreign {
  /** `NetworkPolicy airlock-serving/extra-open`, every character visible. */
  readonly subject: string;
  /** Field manager that wrote it first, e.g. `kubectl-create`. */
  readonly by?: string;
  /** RFC 3339, as the API server noted it. */
  readonly since?: string;
  /** How many objects its controllers made from it: they go with it. */
  readonly following: number;
  /** The command that removes it; absent where its name is not safe to type. */
  readonly remove?: string;
}

export interface ForeignObjects {
  /** In the order of namespaces, then of the whole cluster. */
  readonly foreign: readonly Foreign[];
  /** What could not be listed, so that nobody knows whether anything lies there. */
  readonly unknown: readonly Unknown[];
}

const nameOf = ({ group, kind }: ApiKind): KindName => `${group}/${kind}`;

function described(object: PlainObject, following: number, kind: ApiKind | undefined): Foreign {
  const { name, namespace } = object.metadata;
  const written = ((object.metadata['managedFields'] ?? []) as readonly ManagedFields[])
    .filter(({ subresource = '' }) => subresource === '')
    .sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1));
  const { manager, time } = written[0] ?? {};
  const resource =
    kind === undefined ? undefined : kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
  const where = namespace === undefined ? '' : ` --namespace ${namespace}`;
  return {
    subject: visible(subjectOf(object)),
    ...(manager === undefined ? {} : { by: visible(manager) }),
    ...(time === undefined ? {} : { since: time }),
    following,
    ...(resource === undefined || !/^[\w:.-]+$/.test(name) || name.startsWith('-')
      ? {}
      : { remove: `kubectl delete ${resource} ${name}${where}` }),
  };
}

/** Kinds that the server must show: those of every cluster, and those of the plan. */
function notServed(kinds: readonly ApiKind[], planned: readonly PlainObject[]): Unknown[] {
  const resources = new Set(kinds.map(({ group, resource }) => `${group}/${resource}`));
  const names = new Set(kinds.map(nameOf));
  const wanted = [...new Set(planned.map(kindName))].filter((name) => !names.has(name));
  return [...ALWAYS_SERVED.filter((name) => !resources.has(name)), ...wanted].map((what) => ({
    what,
    why: 'the API server does not offer it',
  }));
}

/** Owners of the whole cluster that something in the namespaces names, e.g. the policy of an operator. */
function listOwners(kubectl: Kubectl, kinds: readonly ApiKind[], live: readonly PlainObject[]): Promise<Listing> {
  const owners = new Set(OWNED_KINDS.flatMap((entry) => entry.owners));
  const named = new Set(
    live.flatMap(({ metadata }) => ((metadata['ownerReferences'] ?? []) as readonly PlainObject[]).map(kindName)),
  );
  const wanted = kinds.filter((kind) => !kind.namespaced && owners.has(nameOf(kind)) && named.has(nameOf(kind)));
  return listKinds(kubectl, wanted, [], 'of the cluster');
}

/** Labels of the namespaces, as they are; as planned where they are not there yet. */
async function namespacesOf(
  kubectl: Kubectl,
  kinds: readonly ApiKind[],
  planned: readonly PlainObject[],
): Promise<Listing & Pick<Reach, 'namespaces'>> {
  const ours = planned.filter((object) => kindName(object) === '/Namespace');
  const kind = kinds.filter((one) => nameOf(one) === '/Namespace');
  const { objects, unknown } = await listKinds(kubectl, kind, [], 'of the cluster');
  const labels = new Map(objects.map((object) => [object.metadata.name, labelsOf(object)]));
  return {
    objects: [],
    unknown,
    namespaces: new Map(
      ours.map((object) => [
        object.metadata.name,
        labels.get(object.metadata.name) ?? {
          ...labelsOf(object),
          'kubernetes.io/metadata.name': object.metadata.name,
        },
      ]),
    ),
  };
}

/**
 * Names what no plan has: in the namespaces that the plan makes every object of every kind that the server offers, but
 * what controllers make for planned ones (catalog/controller-made); of the whole cluster admission, policies and rights
 * that reach into those namespaces. Nothing is changed.
 *
 * @throws AirlockError (environment) when the cluster cannot be reached
 */
export async function findForeign(
  kubectl: Kubectl,
  { objects: planned, releases }: Omit<PlannedObjects, 'unread'>,
): Promise<ForeignObjects> {
  const { kinds, unknown: unasked } = await apiKinds(kubectl);
  const { namespaces, unknown: unlabelled } = await namespacesOf(kubectl, kinds, planned);
  if (namespaces.size === 0) return { foreign: [], unknown: [] };
  const inside = kinds.filter((kind) => kind.namespaced && !(nameOf(kind) in HARMLESS_KINDS));
  const listings: Listing[] = [];
  for (const namespace of namespaces.keys())
    listings.push(await listKinds(kubectl, inside, ['--namespace', namespace], `in ${namespace}`));
  const live = listings.flatMap(({ objects }) => objects);
  const owners = await listOwners(kubectl, kinds, live);
  const wide = await listKinds(kubectl, kinds.filter(bearsOnNamespaces), [], 'of the cluster');
  const bindings = await listKinds(kubectl, kinds.filter(isRoleBinding), ['--all-namespaces'], 'of all namespaces');

  const originOf = originIn({ planned, releases, live: [...live, ...owners.objects] });
  const reach: Reach = { namespaces, targets: [...planned, ...live], kinds };
  const needed = NEEDED_ADMISSION.filter((entry) => planned.some((object) => kindName(object) === entry.for));
  const from = bindings.objects.filter(({ metadata }) => !namespaces.has(metadata.namespace ?? ''));
  const reaching = [...wide.objects, ...from].filter(
    (object) =>
      reaches(object, reach) && ![...NAMED_CLUSTER_OBJECTS, ...needed].some((entry) => isNamed(object, entry)),
  );
  const byKind = new Map(kinds.map((kind) => [nameOf(kind), kind]));
  const listed = new Map([...live, ...reaching].map((object) => [identityOf(object), object]));
  const roots = new Map<PlainObject, number>();
  for (const object of listed.values()) {
    const origin = originOf(object);
    if (origin !== 'made') roots.set(origin, (roots.get(origin) ?? 0) + (origin === object ? 0 : 1));
  }
  return {
    foreign: [...roots].map(([object, following]) => described(object, following, byKind.get(kindName(object)))),
    unknown: [
      ...unasked,
      ...notServed(kinds, planned),
      ...unlabelled,
      ...listings.flatMap(({ unknown }) => unknown),
      ...owners.unknown,
      ...wide.unknown,
      ...bindings.unknown,
    ].map(({ what, why }) => ({ what: visible(what), why: visible(why) })),
  };
}
