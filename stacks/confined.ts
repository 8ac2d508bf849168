/** Namespaces as the cluster of a site wants them. */
import { DISTRIBUTIONS } from '../catalog/distributions';
import type { ConfinedNamespaceProps } from '../constructs/confinement/confined-namespace';
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
export function namespacesOf({ gpu, gateway, traces }: Site): string[] {
  const absent: string[] = [
    ...(gpu === undefined ? [NAMESPACES.accelerators] : []),
    ...(gateway === undefined ? [NAMESPACES.gateway] : []),
    ...(traces === undefined ? [NAMESPACES.telemetry] : []),
  ];
  return Object.values(NAMESPACES).filter((name) => !absent.includes(name));
}
