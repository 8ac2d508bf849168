/** Label selectors (kubernetes.io, "Labels and Selectors"). */
import { at, entriesOf, itemsOf, textOf, textsOf, Unproven } from '../plan/access';
import type { PlanNode } from '../plan/node';

export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'] satisfies Requirement['operator'][];
const isOperator = (text: string | undefined): text is Requirement['operator'] =>
  text !== undefined && OPERATORS.includes(text);

/** The requirements of a selector, all of which must hold; none means that it selects everything. */
export function requirementsOf(selector: PlanNode): Requirement[] {
  for (const [key, node] of entriesOf(selector)) {
    if (key !== 'matchLabels' && key !== 'matchExpressions') {
      throw new Unproven(`"${key}" is no field of a label selector`, node.where);
    }
  }
  const labels = [...textsOf(at(selector, 'matchLabels'))].map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const expressions = itemsOf(at(selector, 'matchExpressions')).map((node): Requirement => {
    const key = textOf(at(node, 'key'));
    const operator = textOf(at(node, 'operator'));
    if (key === undefined || !isOperator(operator)) throw new Unproven('a malformed match expression', node.where);
    return { key, operator, values: itemsOf(at(node, 'values')).map((value) => textOf(value) ?? '') };
  });
  return [...labels, ...expressions];
}

/** True when labels meet every requirement. */
export const matches = (requirements: readonly Requirement[], labels: ReadonlyMap<string, string>): boolean =>
  requirements.every(({ key, operator, values }) => {
    const value = labels.get(key);
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
