/** Namespaces as the cluster of a site wants them. */
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { ConfinedNamespaceProps } from '../constructs/confined-namespace';
import { NAMESPACES } from '../constructs/names';
import type { Site } from '../site/generated/site';

export function confined(name: string, { cluster }: Site): ConfinedNamespaceProps {
  const annotations = DISTRIBUTIONS[cluster.distribution].namespaceAnnotations?.(name);
  return {
    name,
    kubernetesVersion: cluster.kubernetesVersion,
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** The kit's own namespaces in the cluster of a site. */
export const namespacesOf = ({ gpu }: Site): string[] =>
  Object.values(NAMESPACES).filter((name) => name !== NAMESPACES.accelerators || gpu !== undefined);
