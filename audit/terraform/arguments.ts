/**
 * Arguments of a block, held against a table of those that are known. What is in no table is UNPROVEN: a new version of
 * Terraform, OpenTofu or a provider may have given it any meaning.
 */
import { Unproven } from '../plan/access';
import type { ObjectNode, PlanNode } from '../plan/node';
import type { PlanStack } from '../plan/plan';
import type { AuditContext, Complaint } from '../rules/rule';

export interface Scope {
  readonly stack: PlanStack;
  readonly context: AuditContext;
}

/** What there is to say about the value of an argument. May throw Unproven. */
export type ArgumentReader = (node: PlanNode, scope: Scope) => readonly Complaint[];

/** Argument → how it is read. */
export type Arguments = ReadonlyMap<string, ArgumentReader>;

export const argumentsTable = (table: Readonly<Record<string, ArgumentReader>>): Arguments =>
  new Map(Object.entries(table));

/** The text of a literal. @throws Unproven for a list, an object, and what only Terraform knows */
function literalText(node: PlanNode): string {
  if (node.kind === 'scalar') return String(node.value);
  throw new Unproven('expected a literal value', node.where);
}

/** Any literal does; nothing hangs on it. */
export const literal: ArgumentReader = (node) => {
  literalText(node);
  return [];
};

/** Any value does, also one that only Terraform knows; expressions are judged wherever they stand. */
export const anyValue: ArgumentReader = () => [];

/** A literal of these alone. */
export const only =
  (values: readonly string[], check: string, message: string, fix: string): ArgumentReader =>
  (node) => {
    const value = literalText(node);
    return values.includes(value) ? [] : [{ check, message, fix, where: node.where, value }];
  };

/** No value does but an empty list, which is none. */
export const refused =
  (check: string, message: string, fix: string): ArgumentReader =>
  (node) =>
    node.kind === 'list' && node.items.length === 0 ? [] : [{ check, message, fix, where: node.where }];

/** Complaint about an argument that is in no table. */
export const unknownArgument = (name: string, node: PlanNode): Complaint => ({
  check: 'argument',
  message: `the audit does not know the argument "${name}" here`,
  fix: 'leave it out, or write the block as `cdktf synth` of the kit does',
  where: node.where,
  unproven: true,
});

/** Complaints about a body; a value that cannot be read is one of them, and hides no other. */
export function readArguments(body: ObjectNode, known: Arguments, scope: Scope): readonly Complaint[] {
  return [...body.entries].flatMap(([name, node]): readonly Complaint[] => {
    if (name === '//') return [];
    const read = known.get(name);
    if (read === undefined) return [unknownArgument(name, node)];
    try {
      return read(node, scope);
    } catch (error) {
      if (!(error instanceof Unproven)) throw error;
      const { message, where } = error;
      return [
        { check: 'unknown', message: `"${name}": ${message}`, fix: 'write the value out', where, unproven: true },
      ];
    }
  });
}
