/** Where a provider finds the cluster: the kubeconfig file, and its context. */
import { Unproven } from '../plan/access';
import { labeledBodies } from '../plan/blocks';
import type { ObjectNode, PlanNode } from '../plan/node';
import type { PlanStack } from '../plan/plan';
import type { ArgumentReader } from './arguments';

/**
 * Places where distributions and kubectl put the file of the one cluster (kubernetes.io, "Organizing Cluster Access Using
 * kubeconfig Files"; docs.rke2.io, "Cluster Access"; docs.k3s.io, "Cluster Access"). Any other place is the deployer's to
 * name at deployment, not the plan's.
 */
const KUBECONFIGS: readonly string[] = [
  '~/.kube/config',
  '/etc/kubernetes/admin.conf',
  '/etc/rancher/rke2/rke2.yaml',
  '/etc/rancher/k3s/k3s.yaml',
];
const FIX = 'name the file by a variable, which the deployer sets: TF_VAR_kubeconfig';
const VARIABLE = /^\s*var\.([A-Za-z_][\w-]*)\s*$/;

/** The variable that a value is, whole. */
function variableNamed(
  node: PlanNode,
  stack: PlanStack,
): { readonly name: string; readonly body: ObjectNode } | undefined {
  const name = node.kind === 'unresolved' && node.whole ? VARIABLE.exec(node.expressions[0] ?? '')?.[1] : undefined;
  if (name === undefined) return undefined;
  const body = labeledBodies(stack.root.entries.get('variable')).find(({ label }) => label === name)?.body;
  return body === undefined ? undefined : { name, body };
}

/** The literal that a value is, or that it is unless the deployer says otherwise; undefined where only they say it. */
function written(node: PlanNode, stack: PlanStack): PlanNode | undefined {
  const variable = variableNamed(node, stack);
  return variable === undefined ? node : variable.body.entries.get('default');
}

function textOf(node: PlanNode): string {
  if (node.kind === 'scalar') return String(node.value);
  throw new Unproven('the plan does not say to which cluster it leads', node.where);
}

/** A file of the deploying machine at a known place, or one that the deployer names. */
export const kubeconfig: ArgumentReader = (node, { stack }) => {
  const path = written(node, stack);
  if (path === undefined) return [];
  const value = textOf(path);
  if (KUBECONFIGS.includes(value)) return [];
  const where = path.where;
  return /^[~/]/.test(value)
    ? [{ check: 'cluster', message: 'a kubeconfig file that nobody knows', fix: FIX, where, value, unproven: true }]
    : [{ check: 'cluster', message: 'a kubeconfig file that the plan brings along', fix: FIX, where, value }];
};

/** A context of that file: literal, or one that the deployer names. */
export const context: ArgumentReader = (node, { stack }) => {
  const name = written(node, stack);
  if (name !== undefined) textOf(name);
  return [];
};

/** Which cluster a provider's body leads to, as one text that is equal where the cluster is. */
export function clusterOf(body: ObjectNode | undefined, stack: PlanStack): string {
  const part = (key: string): readonly unknown[] => {
    const node = body?.entries.get(key);
    if (node === undefined) return [];
    const value = written(node, stack);
    return [variableNamed(node, stack)?.name ?? null, value === undefined ? null : textOf(value)];
  };
  return JSON.stringify(['config_path', 'config_context', 'host'].map(part));
}
