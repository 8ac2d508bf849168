/** The variables of a container, held against a program's closed lists. */
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import { WEIGHTS_CHECK } from './command-line';
import type { Program } from './program';
import type { ProgramScope } from './reader';

const FIX = 'leave it out, or write what docs/engines.md and docs/contracts.md say of it';

const complaint = (node: PlanNode, message: string, value?: string, check = 'environment'): Complaint => ({
  check,
  message,
  fix: FIX,
  where: node.where,
  ...(value === undefined ? {} : { value }),
  unproven: true,
});

function variableComplaints(variable: PlanNode, program: Program, scope: ProgramScope): Complaint[] {
  const name = textOf(at(variable, 'name')) ?? '';
  const from = at(variable, 'valueFrom');
  const value = at(variable, 'value');
  if ((program.secrets ?? []).includes(name)) {
    const isSecret = from !== undefined && entriesOf(from).every(([source]) => source === 'secretKeyRef');
    return isSecret && value === undefined
      ? []
      : [complaint(variable, `${name} is a secret, and must come from a Secret alone`)];
  }
  const reader = program.variables[name];
  if (reader === undefined)
    return [complaint(variable, `the audit does not know the variable ${name} of ${program.name}`)];
  if (from !== undefined) return [complaint(from, `the plan does not say what ${name} is`)];
  const text = textOf(value) ?? '';
  const fault = reader(text, scope);
  if (fault === undefined) return [];
  const [said, check] = typeof fault === 'string' ? [fault] : [fault.weights, WEIGHTS_CHECK];
  return [complaint(value ?? variable, `${name}: ${said}`, text, check)];
}

/** Complaints about `env` and `envFrom` of a container. */
export function environmentComplaints(program: Program, scope: ProgramScope): Complaint[] {
  const { node } = scope.container;
  const list = at(node, 'env');
  const variables = itemsOf(list);
  const names = variables.map((variable) => textOf(at(variable, 'name')) ?? '');
  const twice = variables.filter((_, index) => names.indexOf(names[index] ?? '') !== index);
  const missing = (program.neededVariables ?? []).filter((name) => !names.includes(name));
  return [
    ...itemsOf(at(node, 'envFrom')).map((source) =>
      complaint(source, 'the plan does not say which variables these are'),
    ),
    ...variables.flatMap((variable) => variableComplaints(variable, program, scope)),
    ...twice.map((variable) => complaint(variable, 'the variable stands there twice')),
    ...missing.map((name) =>
      complaint(list ?? node, `without ${name}, ${program.name} does something else by default`),
    ),
  ];
}
