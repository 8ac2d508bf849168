/** Namespaces as the cluster of a site wants them. */
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { ConfinedNamespaceProps } from '../constructs/confined-namespace';
import type { Site } from '../site/generated/site';

export function confined(name: string, { cluster }: Site): ConfinedNamespaceProps {
  const annotations = DISTRIBUTIONS[cluster.distribution].namespaceAnnotations?.(name);
  return {
    name,
    kubernetesVersion: cluster.kubernetesVersion,
    ...(annotations === undefined ? {} : { annotations }),
  };
}
