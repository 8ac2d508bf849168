/** Blocks that declare values: `variable`, `output`, `locals` (developer.hashicorp.com/terraform/language/values). */
import { bodiesOf, labeledBodies } from '../plan/blocks';
import type { Complaint } from '../rules/rule';
import { anyValue, type Arguments, argumentsTable, literal, readArguments, type Scope } from './arguments';
import { NODE_FILES_OUTPUT, nodeFileComplaints } from './node-files';

const DECLARATIONS: ReadonlyMap<string, Arguments> = new Map([
  [
    'variable',
    argumentsTable({
      default: anyValue,
      description: literal,
      ephemeral: literal,
      nullable: literal,
      sensitive: literal,
      type: anyValue,
    }),
  ],
  [
    'output',
    argumentsTable({
      depends_on: anyValue,
      description: literal,
      ephemeral: literal,
      sensitive: literal,
      value: anyValue,
    }),
  ],
]);

/**
 * Complaints about what the declarations of a stack say beside a value.
 *
 * @throws Unproven where the blocks cannot be told
 */
export function declarationComplaints(scope: Scope): readonly Complaint[] {
  const { entries } = scope.stack.root;
  // Every local is a value; only their form can be wrong.
  bodiesOf(entries.get('locals'));
  return [...DECLARATIONS].flatMap(([block, known]) =>
    labeledBodies(entries.get(block)).flatMap(({ label, body }) => [
      ...readArguments(body, known, scope),
      ...(block === 'output' && label === NODE_FILES_OUTPUT ? nodeFileComplaints(body, scope) : []),
    ]),
  );
}
