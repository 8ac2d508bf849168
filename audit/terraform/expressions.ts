/**
 * Expressions of a plan that do nothing but name a value.
 *
 * A function of Terraform may read any file of the deploying machine (`file`, `templatefile`, `fileset`), its clock or its
 * randomness; a template directive decides what is there at all. So functions and directives are not listed by danger:
 * an expression has one of the plain forms below, or the audit has not read it.
 */
import { withoutTexts } from '../../core/terraform-template';
import type { PlanNode, Where } from '../plan/node';

/**
 * `var.x`, `local.x.y[0]`, `kubernetes_namespace_v1.x.metadata[0].name`, `path.module`
 * (developer.hashicorp.com/terraform/language/expressions/references).
 */
const REFERENCE = /^\s*[a-z][a-z0-9_]*(?:\.(?:[A-Za-z_][\w-]*|\d+)|\[(?:\d+|"[\w./-]*")\])+\s*$/;
/** Ask for what no plan shows: results of data sources, of other modules, and the names that the machine has. */
const ELSEWHERE = /^\s*(?:data|module|ephemeral|terraform|path\.(?:cwd|root))\b/;
const MODULE_FOLDER = /^\s*path\.module\s*$/;

/** The digest of a file, which tells nothing of what is in it; and whether a value is the one that the plan states. */
const DIGEST = /^\s*filesha256\("[^"\\$%]*"\)\s*$/;
const COMPARISON = /^(.*?)==\s*"[^"\\$%]*"\s*$/s;

const isReference = (expression: string): boolean =>
  MODULE_FOLDER.test(expression) || (REFERENCE.test(expression) && !ELSEWHERE.test(expression));

/** True for an expression that names, compares or digests, and does nothing else. */
export const isPlain = (expression: string): boolean =>
  isReference(expression) || DIGEST.test(expression) || isReference(COMPARISON.exec(expression)?.[1] ?? '');

export interface UnreadExpression {
  readonly where: Where;
  /** With quoted texts left out: they may be secrets. */
  readonly expression: string;
}

/** Expressions below a node that are more than a reference, wherever they stand: where `//` is a comment is the block's to say. */
export function unreadExpressions(node: PlanNode): UnreadExpression[] {
  switch (node.kind) {
    case 'scalar':
      return [];
    case 'list':
      return node.items.flatMap(unreadExpressions);
    case 'object':
      return [...node.entries.values()].flatMap(unreadExpressions);
    case 'unresolved':
      return node.expressions
        .filter((expression) => !isPlain(expression))
        .map((expression) => ({ where: node.where, expression: withoutTexts(expression.trim()) }));
  }
}
