/** Users of the API server that stand for its own controllers. */

/**
 * The controller manager where its controllers share its identity; with `--use-service-account-credentials`, as every
 * distribution of the catalog sets it, each has its own (kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac/
 * bootstrappolicy/controller_policy.go).
 */
const CONTROLLER_MANAGER = 'system:kube-controller-manager';

const controller = (name: string): string => `system:serviceaccount:kube-system:${name}`;

export const ENDPOINT_CONTROLLERS: readonly string[] = [
  CONTROLLER_MANAGER,
  ...['endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller'].map(controller),
  // Both write owner references and finalizers of what they collect.
  ...['generic-garbage-collector', 'namespace-controller'].map(controller),
];

/** Who empties a namespace that is being deleted. */
export const CLEANERS: readonly string[] = [
  CONTROLLER_MANAGER,
  ...['generic-garbage-collector', 'namespace-controller'].map(controller),
];
