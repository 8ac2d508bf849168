/** Security contexts of the Pod Security Standard "restricted" (Kubernetes documentation, "Pod Security Standards"). */
import type { PodSecurityContext, PodSpec, SecurityContext } from 'kubernetes-types/core/v1';

export interface NumericUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user of the kit's own image. */
export const KIT_USER: NumericUser = { uid: 65532, gid: 65532 };

/**
 * Context of a pod: never root, the runtime's syscall filter.
 *
 * @param fsGroup group that owns its volumes; containers of different users share them through it
 */
export const restrictedPod = (fsGroup: number): PodSecurityContext => ({
  runAsNonRoot: true,
  fsGroup,
  // Walking a volume of a terabyte on every start would take longer than loading it.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

/** Context of a container: a numeric user, no capability, nothing to write but its volumes. */
export const restrictedContainer = (user: NumericUser, readOnlyRootFilesystem = true): SecurityContext => ({
  runAsNonRoot: true,
  runAsUser: user.uid,
  runAsGroup: user.gid,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
});

/**
 * A restricted pod that knows nothing of the cluster, on nodes that can run its image.
 *
 * @param platforms of the image, e.g. `linux/amd64`
 */
export function quietPod(fsGroup: number, platforms: readonly string[]): Omit<PodSpec, 'containers'> {
  const [platform = '', another] = platforms;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(fsGroup),
    nodeSelector: {
      'kubernetes.io/os': 'linux',
      ...(another === undefined ? { 'kubernetes.io/arch': platform.split('/')[1] ?? '' } : {}),
    },
  };
}
