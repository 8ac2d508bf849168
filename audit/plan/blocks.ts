/** Blocks of Terraform's JSON syntax, for readers that may overlook none. */
import { Unproven } from './access';
import type { ObjectNode, PlanNode } from './node';

/**
 * Bodies of a block: one object, or a list of them at any depth (hashicorp/hcl, json/spec.md, "Blocks"). Absent has none.
 *
 * @throws Unproven for anything else
 */
export function bodiesOf(node: PlanNode | undefined): readonly ObjectNode[] {
  if (node === undefined) return [];
  if (node.kind === 'object') return [node];
  if (node.kind === 'list') return node.items.flatMap(bodiesOf);
  throw new Unproven('a block must be an object, or a list of objects', node.where);
}

/** A body with the label of its block. */
export interface LabeledBody {
  readonly label: string;
  readonly body: ObjectNode;
}

/**
 * Bodies of a block with one label, such as `variable` or `provider`.
 *
 * @throws Unproven where the blocks cannot be told
 */
export const labeledBodies = (node: PlanNode | undefined): readonly LabeledBody[] =>
  bodiesOf(node).flatMap((labels) =>
    [...labels.entries].flatMap(([label, child]) =>
      label === '//' ? [] : bodiesOf(child).map((body) => ({ label, body })),
    ),
  );
