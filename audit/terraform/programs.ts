/** Arguments of provider and backend blocks that make Terraform run a program on the deploying machine. */
import { bodiesOf, labeledBodies } from '../plan/blocks';
import type { ObjectNode } from '../plan/node';
import type { PlanStack } from '../plan/plan';
import type { Complaint } from '../rules/rule';
import { backendsOf } from './backends';

/** Argument → what runs. */
const PROGRAMS: Readonly<Record<string, string>> = {
  exec: 'a program of the plan’s choice hands out the credentials, on the deploying machine, at every plan and apply',
  plugins_path: 'plug-ins of Helm are programs, which run during the deployment',
};

const complaintsIn = (body: ObjectNode): Complaint[] =>
  Object.entries(PROGRAMS).flatMap(([name, message]) => {
    const node = body.entries.get(name);
    if (node === undefined || (node.kind === 'list' && node.items.length === 0)) return [];
    const fix = 'leave it out; credentials come from the kubeconfig file of the deployer';
    return [{ check: name === 'exec' ? 'exec' : 'plugins', message, fix, where: node.where }];
  });

/**
 * Complaints about the blocks of a stack, at any depth of them.
 *
 * @throws Unproven where the blocks cannot be told
 */
export function programComplaints(stack: PlanStack): readonly Complaint[] {
  const providers = labeledBodies(stack.root.entries.get('provider')).map(({ body }) => body);
  const bodies = [...providers, ...backendsOf(stack).map(({ body }) => body)];
  return bodies.flatMap((body) => [body, ...bodiesOf(body.entries.get('kubernetes'))]).flatMap(complaintsIn);
}
