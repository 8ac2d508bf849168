/**
 * Narrow reading of plan values. Whatever cannot be decided from the plan is thrown as {@link Unproven}, so that no rule
 * can mistake an unknown for a pass.
 */
import { withoutTexts } from '../../core/terraform-template';
import type { PlanNode, Where } from './node';

/** The plan does not say what a rule must know here. */
export class Unproven extends Error {
  public constructor(
    message: string,
    public readonly where: Where,
  ) {
    super(message);
    this.name = 'Unproven';
  }
}

function refuse(node: PlanNode, wanted: string): never {
  if (node.kind === 'unresolved') {
    const expressions = node.expressions.map((text) => `\${${withoutTexts(text)}}`);
    throw new Unproven(`the value is known only after apply: ${expressions.join(', ')}`, node.where);
  }
  const found = node.kind === 'scalar' ? `the ${typeof node.value}` : node.kind === 'list' ? 'a list' : 'an object';
  throw new Unproven(`expected ${wanted}, found ${found}`, node.where);
}

/**
 * The value at a path of keys; undefined where it is absent.
 *
 * @throws Unproven when something on the way is unresolved or no object
 */
export function at(node: PlanNode | undefined, ...path: readonly string[]): PlanNode | undefined {
  let current = node;
  for (const key of path) {
    if (current === undefined) return undefined;
    if (current.kind !== 'object') return refuse(current, `an object with "${key}"`);
    current = current.entries.get(key);
  }
  return current;
}

/** Entries of an object, in the order of the file. */
export function entriesOf(node: PlanNode | undefined): readonly (readonly [string, PlanNode])[] {
  if (node === undefined) return [];
  return node.kind === 'object' ? [...node.entries] : refuse(node, 'an object');
}

/** Items of a list; absent is empty. */
export function itemsOf(node: PlanNode | undefined): readonly PlanNode[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items : refuse(node, 'a list');
}

/** A string; numbers and booleans as Terraform converts them. */
export function textOf(node: PlanNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  return node.kind === 'scalar' ? String(node.value) : refuse(node, 'a string');
}

/** A boolean; "true" and "false" as Terraform converts them. */
export function flagOf(node: PlanNode | undefined): boolean | undefined {
  if (node === undefined) return undefined;
  const value = node.kind === 'scalar' ? String(node.value) : undefined;
  return value === 'true' ? true : value === 'false' ? false : refuse(node, 'true or false');
}

/** An integer; digits in a string as Terraform converts them. */
export function integerOf(node: PlanNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const value = node.kind === 'scalar' && /^-?\d+$/.test(String(node.value)) ? Number(node.value) : Number.NaN;
  return Number.isSafeInteger(value) ? value : refuse(node, 'an integer');
}

/** A map of strings, such as labels. */
export const textsOf = (node: PlanNode | undefined): ReadonlyMap<string, string> =>
  new Map(entriesOf(node).map(([key, value]) => [key, textOf(value) ?? '']));

/** True for an object without entries. */
export const isEmptyObject = (node: PlanNode | undefined): boolean =>
  node?.kind === 'object' && node.entries.size === 0;
