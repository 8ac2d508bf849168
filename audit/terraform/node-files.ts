/** The output that people follow when they register nodes, held against the one text that site, enclave and lock need. */
import { canonicalJson } from '../../core/canonical-json';
import { nodeRegistrations } from '../../site/node-registrations';
import { plainValue } from '../kubernetes/plain';
import { at } from '../plan/access';
import type { ObjectNode, PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import type { Scope } from './arguments';

/** Name of the output. */
export const NODE_FILES_OUTPUT = 'node-registration';

const same = (left: unknown, right: unknown): boolean => canonicalJson(left).equals(canonicalJson(right));

/**
 * Complaints about the output with the files of nodes: whoever follows it sets where nodes pull images from.
 *
 * @throws Unproven where only Terraform knows a value of it
 */
export function nodeFileComplaints(output: ObjectNode, { context }: Scope): Complaint[] {
  const { site, enclave, lock } = context;
  const value = at(output, 'value');
  const wanted = new Map(
    nodeRegistrations(site, enclave, lock).map(({ pool, nodes, files }) => [
      pool,
      { nodes, files: files.map(({ path, content }) => ({ path, content })) },
    ]),
  );
  const complaint = (node: PlanNode, message: string): Complaint => ({
    check: 'node-files',
    message,
    fix: 'synthesize the plan from these files; `airlock node-config` prints the same',
    where: node.where,
    unproven: true,
  });
  if (value?.kind !== 'object') return [complaint(value ?? output, 'it names no pools')];
  const missing = [...wanted.keys()].filter((pool) => !value.entries.has(pool));
  return [
    ...missing.map((pool) => complaint(value, `it lacks the nodes of pool ${pool}`)),
    ...[...value.entries]
      .filter(([pool, node]) => !same(plainValue(node), wanted.get(pool) ?? null))
      .map(([pool, node]) =>
        complaint(node, `nodes and files of pool ${pool} are not those that site, enclave and lock need`),
      ),
  ];
}
