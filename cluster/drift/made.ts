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
}

export const labelsOf = ({ metadata }: PlainObject): Labels => (metadata['labels'] ?? {}) as Labels;
const uidOf = ({ metadata }: PlainObject): string => String(metadata['uid']);
const ownersOf = ({ metadata }: PlainObject): readonly Reference[] =>
  (metadata['ownerReferences'] ?? []) as readonly Reference[];

interface Spec {
  readonly selector?: Selector & Labels;
  readonly volumeClaimTemplates?: readonly PlainObject[];
}

const specOf = ({ spec }: PlainObject): Spec => spec ?? {};
const selectsPods = (service: PlainObject): boolean => Object.keys(specOf(service).selector ?? {}).length > 0;

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
    case 'selected': {
      const { selector } = specOf(owner);
      // A ReplicationController has plain labels there.
      const wanted = owner.kind === 'ReplicationController' ? { matchLabels: selector ?? {} } : selector;
      return wanted !== undefined && selects(wanted, labelsOf(object));
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

/** @returns whether an object is planned, or made for what is planned */
export function madeFor({ planned, releases, live }: MadeProps): (object: PlainObject) => boolean {
  const byUid = new Map(live.map((object) => [uidOf(object), object]));
  const byIdentity = new Map(live.map((object) => [identityOf(object), object]));
  const names = new Set([...planned, ...chartObjects(live, releases)].map(identityOf));
  const secrets = new Set(neededSecrets(planned).map(({ namespace, name }) => `${namespace}/${name}`));
  const answers = new Map<PlainObject, boolean>();

  const siblingIsMade = (object: PlainObject, kind: KindName, name: string): PlainObject | undefined => {
    const found = byIdentity.get([kind, object.metadata.namespace, name].join(' '));
    return found !== undefined && isMade(found) ? found : undefined;
  };
  const isOwned = (object: PlainObject): boolean =>
    OWNED_KINDS.filter(({ kind }) => kind === kindName(object)).some((entry) =>
      ownersOf(object).some((reference) => {
        const owner = byUid.get(reference.uid);
        if (owner === undefined || !entry.owners.includes(kindName(owner))) return false;
        if (owner.metadata.namespace !== undefined && owner.metadata.namespace !== object.metadata.namespace)
          return false;
        return isTied(entry, object, owner) && isMade(owner);
      }),
    );
  const isHelms = (object: PlainObject): boolean => {
    const { release } = RELEASE_SECRET.exec(object.metadata.name)?.groups ?? {};
    return (
      object['type'] === 'helm.sh/release.v1' &&
      releases.some(({ name, namespace }) => name === release && namespace === object.metadata.namespace)
    );
  };
  /** What follows from an object of another kind beside it. */
  const follows = (object: PlainObject): boolean => {
    const { name, namespace = '' } = object.metadata;
    switch (kindName(object)) {
      case '/Secret':
        return secrets.has(`${namespace}/${name}`) || isHelms(object);
      case '/Endpoints': {
        // Written by the endpoints controller where the Service selects pods.
        const service = siblingIsMade(object, '/Service', name);
        return service !== undefined && selectsPods(service);
      }
      case '/PersistentVolumeClaim':
        return live.some(
          (set) =>
            kindName(set) === 'apps/StatefulSet' &&
            set.metadata.namespace === namespace &&
            (specOf(set).volumeClaimTemplates ?? []).some(({ metadata }) => {
              const stem = `${metadata.name}-${set.metadata.name}-`;
              return name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length));
            }) &&
            isMade(set),
        );
      case 'projectcalico.org/NetworkPolicy':
        // Calico's API shows the cluster's own policies, too (libcalico-go/lib/names: K8sNetworkPolicyNamePrefix).
        return (
          name.startsWith('knp.default.') &&
          siblingIsMade(object, 'networking.k8s.io/NetworkPolicy', name.slice('knp.default.'.length)) !== undefined
        );
      default:
        return false;
    }
  };
  const judge = (object: PlainObject): boolean =>
    names.has(identityOf(object)) ||
    kindName(object) in HARMLESS_KINDS ||
    NAMED_OBJECTS.some((entry) => isNamed(object, entry)) ||
    isOwned(object) ||
    follows(object);
  const isMade = (object: PlainObject): boolean => {
    const known = answers.get(object);
    if (known !== undefined) return known;
    // Owners that own each other are nobody's.
    answers.set(object, false);
    const answer = judge(object);
    answers.set(object, answer);
    return answer;
  };
  return isMade;
}
