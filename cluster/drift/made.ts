/** Tells what controllers, Helm and `airlock secrets` make in the namespaces of a plan from what somebody else put there. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { groupOf } from '../../audit/kubernetes/kinds';
import {
  HARMLESS_KINDS,
  type KindName,
  NAMED_OBJECTS,
  type NamedObject,
  OWNED_KINDS,
  type OwnedKind,
} from '../../catalog/controller-made';
import type { PlannedRelease } from '../planned-objects';
import { neededSecrets } from '../secrets/needed';
import { chartObjects } from './chart-objects';
import { type Labels, type Selector, selects } from './selectors';

export const kindName = ({ apiVersion, kind }: Pick<PlainObject, 'apiVersion' | 'kind'>): KindName =>
  `${groupOf(apiVersion)}/${kind}`;

/** The same object whatever version it is read in. */
export const identityOf = (object: PlainObject): string =>
  [kindName(object), object.metadata.namespace, object.metadata.name].join(' ');

interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export const labelsOf = ({ metadata }: PlainObject): Labels => (metadata['labels'] ?? {}) as Labels;
const uidOf = ({ metadata }: PlainObject): string => String(metadata['uid']);

/** A controller leaves alone what another one controls (k8s.io/kubernetes pkg/controller/controller_ref_manager.go). */
function ownersOf({ metadata }: PlainObject): readonly Reference[] {
  const all = (metadata['ownerReferences'] ?? []) as readonly Reference[];
  const controllers = all.filter(({ controller }) => controller === true);
  return controllers.length === 0 ? all : controllers;
}

interface Spec {
  readonly selector?: Selector & Labels;
  readonly volumeClaimTemplates?: readonly PlainObject[];
  readonly template?: { readonly spec?: PodSpec };
}

const specOf = ({ spec }: PlainObject): Spec => spec ?? {};
interface PodContainer {
  readonly name: string;
  readonly [field: string]: unknown;
}

interface PodSpec {
  readonly containers?: readonly PodContainer[];
  readonly initContainers?: readonly PodContainer[];
  readonly ephemeralContainers?: readonly PodContainer[];
}

/** What of a container decides what runs; admission and controllers add variables and mounts to others. */
const RUNS = ['image', 'command', 'args'] as const;

/** Whether each container of a pod is one of the template: a pod by hand under the name of replicas is not. */
function isFromTemplate(pod: PlainObject, owner: PlainObject): boolean {
  const made = (pod['spec'] ?? {}) as PodSpec;
  const template = specOf(owner).template?.spec ?? {};
  return (['containers', 'initContainers', 'ephemeralContainers'] as const).every((list) =>
    (made[list] ?? []).every((one) => {
      const model = template[list]?.find(({ name }) => name === one.name);
      return model !== undefined && RUNS.every((field) => JSON.stringify(one[field]) === JSON.stringify(model[field]));
    }),
  );
}

function isSelected(object: PlainObject, owner: PlainObject): boolean {
  const { selector } = specOf(owner);
  // A ReplicationController has plain labels there.
  const wanted = owner.kind === 'ReplicationController' ? { matchLabels: selector ?? {} } : selector;
  return wanted !== undefined && selects(wanted, labelsOf(object));
}

const selectsPods = (service: PlainObject): boolean => Object.keys(specOf(service).selector ?? {}).length > 0;

/** `<template>-<set>-<ordinal>` (kubernetes.io, "StatefulSets", "Volume Claim Templates"). */
const isClaimOf = (name: string, set: PlainObject): boolean =>
  (specOf(set).volumeClaimTemplates ?? []).some(({ metadata }) => {
    const stem = `${metadata.name}-${set.metadata.name}-`;
    return name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length));
  });

/** Labels by which the controller of EndpointSlices knows its own (k8s.io/api discovery/v1/well_known_labels.go). */
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const SERVICE_NAME = 'kubernetes.io/service-name';

function isTied({ tie }: OwnedKind, object: PlainObject, owner: PlainObject): boolean {
  const { name } = object.metadata;
  switch (tie) {
    case 'owned':
      return true;
    case 'same name':
      return name === owner.metadata.name;
    case 'named after':
      return name.startsWith(`${owner.metadata.name}-`);
    case 'selected':
      return isSelected(object, owner);
    case 'from template':
      return isSelected(object, owner) && isFromTemplate(object, owner);
    case 'ordinal': {
      const stem = `${owner.metadata.name}-`;
      return isSelected(object, owner) && name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length));
    }
    case 'endpoints':
      return (
        labelsOf(object)[MANAGED_BY] === 'endpointslice-controller.k8s.io' &&
        labelsOf(object)[SERVICE_NAME] === owner.metadata.name &&
        selectsPods(owner)
      );
  }
}

/** Whether an object is the one of an entry. */
export const isNamed = (object: PlainObject, { kind, name, type, role }: NamedObject): boolean =>
  kind === kindName(object) &&
  name.test(object.metadata.name) &&
  (type === undefined || object['type'] === type) &&
  (role === undefined || (object['roleRef'] as { readonly name?: string } | undefined)?.name === role);

const RELEASE_SECRET = /^sh\.helm\.release\.v1\.(?<release>.+)\.v\d+$/;

export interface MadeProps {
  readonly planned: readonly PlainObject[];
  readonly releases: readonly PlannedRelease[];
  /** What is there, in the namespaces of the plan, and their owners of the whole cluster. */
  readonly live: readonly PlainObject[];
}

/** `made` for what is planned; else the object that nobody planned and from which this one follows, often itself. */
export type Origin = 'made' | PlainObject;

/** @returns where an object comes from */
export function originIn({ planned, releases, live }: MadeProps): (object: PlainObject) => Origin {
  const byUid = new Map(live.map((object) => [uidOf(object), object]));
  const byIdentity = new Map(live.map((object) => [identityOf(object), object]));
  const names = new Set([...planned, ...chartObjects(live, releases)].map(identityOf));
  const secrets = new Set(neededSecrets(planned).map(({ namespace, name }) => `${namespace}/${name}`));
  const sets = live.filter((object) => kindName(object) === 'apps/StatefulSet');
  const answers = new Map<PlainObject, Origin>();

  const sibling = (object: PlainObject, kind: KindName, name: string): PlainObject | undefined =>
    byIdentity.get([kind, object.metadata.namespace, name].join(' '));

  /** Objects that have an object made, whether planned or not. */
  function makersOf(object: PlainObject): PlainObject[] {
    const entries = OWNED_KINDS.filter(({ kind }) => kind === kindName(object));
    return ownersOf(object).flatMap(({ uid }) => {
      const owner = byUid.get(uid);
      if (owner === undefined) return [];
      const { namespace = object.metadata.namespace } = owner.metadata;
      const isIt = entries.some((entry) => entry.owners.includes(kindName(owner)) && isTied(entry, object, owner));
      return isIt && namespace === object.metadata.namespace ? [owner] : [];
    });
  }

  /** Those that stand beside it, and of which it bears the name. */
  function modelsOf(object: PlainObject): PlainObject[] {
    const { name, namespace } = object.metadata;
    switch (kindName(object)) {
      case '/Endpoints': {
        // Written by the endpoints controller where the Service selects pods.
        const service = sibling(object, '/Service', name);
        return service !== undefined && selectsPods(service) ? [service] : [];
      }
      case '/PersistentVolumeClaim':
        return sets.filter((set) => set.metadata.namespace === namespace && isClaimOf(name, set));
      case 'projectcalico.org/NetworkPolicy': {
        // Calico's API shows the cluster's own policies, too (libcalico-go/lib/names, K8sNetworkPolicyNamePrefix).
        const [, shown] = /^knp\.default\.(.+)$/.exec(name) ?? [];
        const policy = shown === undefined ? undefined : sibling(object, 'networking.k8s.io/NetworkPolicy', shown);
        return policy === undefined ? [] : [policy];
      }
      default:
        return [];
    }
  }

  const isKept = (object: PlainObject): boolean => {
    const { name, namespace = '' } = object.metadata;
    if (kindName(object) !== '/Secret') return false;
    if (secrets.has(`${namespace}/${name}`)) return true;
    const { release } = RELEASE_SECRET.exec(name)?.groups ?? {};
    const isRelease = object['type'] === 'helm.sh/release.v1';
    return isRelease && releases.some((one) => one.name === release && one.namespace === namespace);
  };

  function judge(object: PlainObject): Origin {
    const isMade =
      names.has(identityOf(object)) ||
      kindName(object) in HARMLESS_KINDS ||
      NAMED_OBJECTS.some((entry) => isNamed(object, entry)) ||
      isKept(object);
    if (isMade) return 'made';
    const origins = [...makersOf(object), ...modelsOf(object)].map(originOf);
    return origins.includes('made') ? 'made' : (origins[0] ?? object);
  }

  function originOf(object: PlainObject): Origin {
    const known = answers.get(object);
    if (known !== undefined) return known;
    // Owners that own each other follow from nothing else.
    answers.set(object, object);
    const answer = judge(object);
    answers.set(object, answer);
    return answer;
  }
  return originOf;
}
