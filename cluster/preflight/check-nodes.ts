/** Whether the nodes that the enclave names are there and belong to their pool. */
import type { Enclave } from '../../site/generated/enclave';
import type { ClusterFacts } from './facts';
import { type Finding, ok, warn } from './finding';
import { isCordoned, isReady } from './placement';

/** A dead or cordoned node never blocks a deployment by itself; placement decides whether enough are left. */
export function checkNodes({ nodes }: ClusterFacts, { pools }: Enclave): Finding[] {
  const byName = new Map(nodes.map((node) => [node.metadata?.name ?? '', node]));
  return Object.entries(pools).flatMap(([pool, { nodes: names }]) =>
    names.map((name) => {
      const node = byName.get(name);
      const subject = `node ${name} of pool ${pool}`;
      if (node === undefined) {
        return warn('nodes', subject, 'the cluster has no such node', 'let it join, or remove it from enclave.yaml');
      }
      if (!isReady(node)) return warn('nodes', subject, 'it is not ready', `see kubectl describe node ${name}`);
      if (isCordoned(node))
        return warn('nodes', subject, 'it is cordoned', `kubectl uncordon ${name}, when it may work again`);
      return ok('nodes', subject, 'ready');
    }),
  );
}
