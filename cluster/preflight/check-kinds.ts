/** Whether the server serves every kind that the plan makes. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { type ClusterFacts, kindKey } from './facts';
import { fail, type Finding, ok } from './finding';

/** Kinds that a custom resource definition of the plan itself brings. */
function definedHere(objects: readonly PlainObject[]): ReadonlySet<string> {
  return new Set(
    objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .flatMap(({ spec }) => {
        const { group, names, versions } = spec as {
          readonly group: string;
          readonly names: { readonly kind: string };
          readonly versions: readonly { readonly name: string }[];
        };
        return versions.map(({ name }) => kindKey(`${group}/${name}`, names.kind));
      }),
  );
}

export function checkKinds({ kinds }: ClusterFacts, objects: readonly PlainObject[]): Finding[] {
  const own = definedHere(objects);
  const wanted = new Map(objects.map((object) => [kindKey(object.apiVersion, object.kind), object]));
  const missing = [...wanted].filter(([key]) => !kinds.has(key) && !own.has(key)).sort();
  if (missing.length === 0) return [ok('kinds', 'API server', `serves all ${String(wanted.size)} kinds of the plan`)];
  return missing.map(([, { apiVersion, kind, metadata }]) =>
    fail(
      'kinds',
      `${apiVersion} ${kind}`,
      `the server does not serve it; ${kind} ${metadata.name} needs it`,
      'install what brings its definition (the CNI plugin, LeaderWorkerSet), or remove what asks for it from the site',
    ),
  );
}
