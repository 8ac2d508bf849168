/** The GPU Operator in the cluster: its name, and whom its pods may call. */
import { type AllowedFlow, type ApiServers, toApiServers } from './flow';

/** Name of its release; the label `app.kubernetes.io/instance` of all its pods has it too. */
export const OPERATOR_NAME = 'gpu-operator';

/**
 * Every connection from and to its pods.
 *
 * @param namespace of its pods
 */
export const operatorFlows = (namespace: string, apiServers: ApiServers): AllowedFlow[] => [
  toApiServers({
    from: { namespace, labels: { 'app.kubernetes.io/instance': OPERATOR_NAME } },
    apiServers,
    reason: 'the GPU Operator and its operands watch nodes and label them',
  }),
];
