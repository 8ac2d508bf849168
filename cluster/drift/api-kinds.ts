/** What an API server offers, as it says itself (kubernetes.io, "The Kubernetes API", discovery). */
import { environmentFailed } from '../../core/errors';
import { inParallel } from '../../core/in-parallel';
import type { Kubectl } from '../kubectl';

export interface ApiKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural name in addresses, e.g. `networkpolicies`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Something that could not be asked, and what was said. */
export interface Unknown {
  readonly what: string;
  readonly why: string;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface GroupList {
  readonly groups: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string }[];
  }[];
}

const AT_ONCE = 4;
/** Where nobody can write, the API shows what something else makes, as PodMetrics are. */
const WRITES = ['create', 'update', 'patch'];

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** The name that kubectl takes for exactly this kind, whatever short names there are: `networkpolicies.v1.networking.k8s.io`. */
export const qualified = ({ resource, version, group }: ApiKind): string => `${resource}.${version}.${group}`;

/**
 * Every kind that can be listed and written, once each, in the version that its group prefers.
 *
 * @returns the kinds, and the parts of the API that did not answer
 * @throws AirlockError (environment) when the server does not answer at all
 */
export async function apiKinds(
  kubectl: Kubectl,
): Promise<{ readonly kinds: readonly ApiKind[]; readonly unknown: readonly Unknown[] }> {
  const asked = await kubectl.run(['get', '--raw', '/apis']);
  if (asked.code !== 0)
    throw environmentFailed(
      'KUBECTL_FAILED',
      `kubectl get --raw /apis: ${lastLine(asked.stderr)}`,
      'check that kubectl reaches the cluster',
    );
  const { groups } = JSON.parse(asked.stdout) as GroupList;
  const versions = ['v1', ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))];
  const answers = await inParallel(AT_ONCE, versions, async (groupVersion) => ({
    groupVersion,
    ran: await kubectl.run([
      'get',
      '--raw',
      groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`,
    ]),
  }));
  const kinds = new Map<string, ApiKind>();
  const unknown: Unknown[] = [];
  for (const { groupVersion, ran } of answers) {
    if (ran.code !== 0) {
      unknown.push({ what: `the kinds of ${groupVersion}`, why: lastLine(ran.stderr) });
      continue;
    }
    const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
    for (const { name, kind, namespaced, verbs } of (JSON.parse(ran.stdout) as ResourceList).resources) {
      const key = `${group ?? ''}/${name}`;
      if (name.includes('/') || kinds.has(key)) continue;
      if (!verbs.includes('list') || !WRITES.some((verb) => verbs.includes(verb))) continue;
      kinds.set(key, { group: group ?? '', version: version ?? '', kind, resource: name, namespaced });
    }
  }
  return { kinds: [...kinds.values()], unknown };
}
