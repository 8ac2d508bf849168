/** Which version of the policy the API server applies in a namespace (k8s.io/pod-security-admission, api/helpers.go, ParseVersion). */
import { once } from '../../core/remember';
import type { KubernetesObject } from '../kubernetes/object';
import { at, textOf } from '../plan/access';
import type { Site } from '../../site/generated/site';
import { hostProbes } from './baseline';
import type { PodCheck } from './check';
import { checksOf } from './profile';

/** The label that pins it. */
export const ENFORCE_VERSION = 'pod-security.kubernetes.io/enforce-version';

/** Minor version of the cluster, of Kubernetes 1.x. */
export const clusterMinor = ({ cluster }: Site): number =>
  Number(cluster.kubernetesVersion.split('.')[1] ?? Number.NaN);

/** Minor version that a label names; undefined where it names none, and the server takes its own. */
export function pinnedMinor(label: string | undefined): number | undefined {
  const minor = /^v1\.(\d{1,3})$/.exec(label ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** The label of a namespace that the plan makes. @throws Unproven where only Terraform knows it */
const labelOf = (namespace: KubernetesObject | undefined): string | undefined =>
  textOf(at(namespace?.root, 'metadata', 'labels', ENFORCE_VERSION));

const byName = once(
  (namespaces: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> =>
    new Map(namespaces.map((one) => [one.name, one])),
);

/**
 * Minor version by which pods of a namespace are admitted: that of its label, as far as the server knows it (policy/registry.go,
 * EvaluatePod), or the server's own.
 *
 * @throws Unproven where only Terraform knows the label
 */
export function enforcedMinor(name: string, namespaces: readonly KubernetesObject[], site: Site): number {
  const own = clusterMinor(site);
  return Math.min(pinnedMinor(labelOf(byName(namespaces).get(name))) ?? own, own);
}

/** The restricted profile of a version, and what a policy of a later one would refuse for what it opens. */
export const enforcedChecks = (minor: number): readonly PodCheck[] => [
  ...new Set([...checksOf('restricted', minor), hostProbes]),
];

/** Ids of checks that the cluster knows and an older policy lacks. */
export const checksMissingAt = (minor: number, own: number): readonly string[] => {
  const known = new Set(enforcedChecks(minor).map(({ id }) => id));
  return [...new Set(enforcedChecks(own).map(({ id }) => id))].filter((id) => !known.has(id));
};
