/** Which checks the profiles of the Pod Security Standards have, version by version (policy/registry.go). */
import { BASELINE } from './baseline';
import { capabilitiesBaseline, capabilitiesRestricted } from './capabilities';
import type { PodCheck } from './check';
import { procMountBaseline, procMountRestricted } from './proc-mount';
import { RESTRICTED } from './restricted';
import { seccompBaseline, seccompRestricted } from './seccomp';
import { hostPathVolumes, restrictedVolumes } from './volumes';

export type Profile = 'baseline' | 'restricted';

const OF_BASELINE: readonly PodCheck[] = [
  ...BASELINE,
  procMountBaseline,
  hostPathVolumes,
  seccompBaseline,
  capabilitiesBaseline,
];
const OF_RESTRICTED: readonly PodCheck[] = [
  ...RESTRICTED,
  procMountRestricted,
  restrictedVolumes,
  seccompRestricted,
  capabilitiesRestricted,
];

/**
 * Checks of a profile; the restricted one has those of baseline, too, but for what it replaces.
 *
 * @param minor of Kubernetes 1.x; a version that came later than the checks known here has the newest of them
 */
export function checksOf(profile: Profile, minor: number): readonly PodCheck[] {
  const known = ({ since = 0 }: PodCheck): boolean => since <= minor;
  const baseline = OF_BASELINE.filter(known);
  if (profile === 'baseline') return baseline;
  const restricted = OF_RESTRICTED.filter(known);
  const replaced = new Set(restricted.map(({ replaces }) => replaces));
  return [...baseline.filter(({ id }) => !replaced.has(id)), ...restricted];
}
