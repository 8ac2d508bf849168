/** What preflight reads from the API server; the checks are functions of it. */
import type { Node, Pod } from 'kubernetes-types/core/v1';
import type { StorageClass } from 'kubernetes-types/storage/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import type { Kubectl } from '../kubectl';

export interface ClusterFacts {
  /** Version of the API server, e.g. `v1.34.4`. */
  readonly version: string;
  readonly nodes: readonly Node[];
  readonly storageClasses: readonly StorageClass[];
  /** Kinds that the server serves, as `group/version/Kind`; the core group is empty. */
  readonly kinds: ReadonlySet<string>;
  /** Pods of the resolver's namespace. */
  readonly resolverPods: readonly Pod[];
  /** Names of the persistent volume claims that exist, as `namespace/name`. */
  readonly claims: ReadonlySet<string>;
  /** Who asks, as the API server sees it; undefined where it does not say. */
  readonly user?: string;
}

interface ApiResourceList {
  readonly groupVersion: string;
  readonly resources: readonly { readonly kind: string; readonly name: string }[];
}

/** Kinds of one group and version; none where the server does not serve it. */
async function kindsOf(kubectl: Kubectl, groupVersion: string): Promise<string[]> {
  const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
  const ran = await kubectl.run(['get', '--raw', path]);
  if (ran.code !== 0) return [];
  const { resources } = JSON.parse(ran.stdout) as ApiResourceList;
  return resources.filter(({ name }) => !name.includes('/')).map(({ kind }) => kindKey(groupVersion, kind));
}

const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** `kubectl auth whoami`, which clients before 1.28 lack. */
async function userOf(kubectl: Kubectl): Promise<string | undefined> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const ran = await kubectl.run(['create', '--raw', REVIEWS, '--filename=-'], JSON.stringify(review));
  if (ran.code !== 0) return undefined;
  const { status } = JSON.parse(ran.stdout) as {
    readonly status?: { readonly userInfo?: { readonly username?: string } };
  };
  return status?.userInfo?.username;
}

export const kindKey = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}/${kind}`;

/**
 * Reads the cluster.
 *
 * @param objects what is to be deployed: only its kinds are asked for
 * @param resolver namespace of the cluster's DNS
 * @throws AirlockError (environment) when the cluster cannot be reached or refuses
 */
export async function gatherFacts(
  kubectl: Kubectl,
  objects: readonly PlainObject[],
  resolver: string,
): Promise<ClusterFacts> {
  // First and alone: where it fails, so would everything else, less clearly.
  const { serverVersion } = await kubectl.json<{ readonly serverVersion: { readonly gitVersion: string } }>([
    'version',
  ]);
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))].sort();
  const kinds = new Set((await Promise.all(versions.map((version) => kindsOf(kubectl, version)))).flat());
  const [nodes, storageClasses, resolverPods, claims] = await Promise.all([
    kubectl.list<Node>('nodes'),
    kubectl.list<StorageClass>('storageclasses'),
    kubectl.list<Pod>('pods', resolver),
    kubectl.list<PlainObject>('persistentvolumeclaims'),
  ]);
  const user = await userOf(kubectl);
  return {
    version: serverVersion.gitVersion,
    nodes,
    storageClasses,
    kinds,
    resolverPods,
    claims: new Set(claims.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)),
    ...(user === undefined ? {} : { user }),
  };
}
