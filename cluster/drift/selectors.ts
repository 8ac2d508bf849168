/** Label selectors of live objects. */
import { matches, type Requirement } from '../../audit/kubernetes/selectors';

export type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'] satisfies Requirement['operator'][];

/** Whether a selector selects labels. One that is absent or empty selects everything; one in a form that is not known may, too. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector = {}, labels: Labels): boolean {
  const known = matchExpressions.filter(({ operator }) => OPERATORS.includes(operator));
  const requirements: Requirement[] = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
    ...known.map(({ key, operator, values = [] }) => ({ key, operator: operator as Requirement['operator'], values })),
  ];
  return matches(requirements, new Map(Object.entries(labels)));
}
