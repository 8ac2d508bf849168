/**
 * Where a stack keeps its state, held against the `state` of the enclave: state names every object of the cluster and
 * holds what providers computed (developer.hashicorp.com/terraform/language/backend).
 */
import { posix } from 'node:path';
import type { EnclaveState } from '../../site/generated/enclave';
import { textOf, textsOf } from '../plan/access';
import { bodiesOf, labeledBodies, type LabeledBody } from '../plan/blocks';
import type { PlanStack } from '../plan/plan';
import type { Complaint } from '../rules/rule';
import {
  anyValue,
  type ArgumentReader,
  type Arguments,
  argumentsTable,
  literal,
  only,
  readArguments,
  type Scope,
} from './arguments';

/** Where the kit keeps state unless the enclave says otherwise (docs/deploy.md). */
const DEFAULT_NAMESPACE = 'airlock-state';
const DEFAULT_SCHEMA = 'airlock';
const FIX = 'keep the state where `state` of enclave.yaml says, or say it there';

export const stateOf = ({ context }: Scope): EnclaveState => context.enclave.state ?? { backend: 'local' };

/** A literal that must meet a condition of the enclave. */
const declared =
  (meets: (value: string, state: EnclaveState) => boolean, message: string): ArgumentReader =>
  (node, scope) => {
    const value = textOf(node) ?? '';
    return meets(value, stateOf(scope)) ? [] : [{ check: 'state', message, fix: FIX, where: node.where, value }];
  };

/**
 * Whether a file is judged as state where it lies in the plan: under any other name, and in Terraform's own folder, it is
 * taken for something else there.
 */
const isNamedAsState = (file: string): boolean => file.endsWith('.tfstate') && !file.split('/').includes('.terraform');

const httpAddress = declared(
  (value, { address = '' }) => value.startsWith(`${address}/`) && /^[\w-]+$/.test(value.slice(address.length + 1)),
  'the enclave keeps no state at this address',
);

/** Arguments by backend, for those that an enclave can declare. Credentials come from the environment alone. */
const BACKENDS: ReadonlyMap<string, Arguments> = new Map([
  [
    'local',
    argumentsTable({
      path: (node, scope) => [
        ...declared(
          (value, { directory }) =>
            directory === undefined || posix.dirname(posix.normalize(value)) === posix.normalize(`${directory}/.`),
          'the enclave keeps its state in another folder',
        )(node, scope),
        ...declared(isNamedAsState, 'Terraform would take a file for state that is not named as one')(node, scope),
      ],
    }),
  ],
  [
    'kubernetes',
    argumentsTable({
      // Run by the backend on the deploying machine; AIR-PLAN-2 speaks of it.
      exec: anyValue,
      labels: (node) => {
        textsOf(node);
        return [];
      },
      namespace: declared(
        (value, { namespace = DEFAULT_NAMESPACE }) => value === namespace,
        'the enclave keeps its state in another namespace',
      ),
      secret_suffix: literal,
    }),
  ],
  [
    'http',
    argumentsTable({
      address: httpAddress,
      lock_address: httpAddress,
      unlock_address: httpAddress,
      lock_method: literal,
      unlock_method: literal,
      update_method: literal,
      retry_max: literal,
      retry_wait_max: literal,
      retry_wait_min: literal,
      skip_cert_verification: only(['false'], 'insecure', 'whoever answers is given the state', 'leave it out'),
    }),
  ],
  [
    'pg',
    argumentsTable({
      schema_name: declared(
        (value, { schema = DEFAULT_SCHEMA }) => value.startsWith(`${schema}_`),
        'the enclave keeps its state in other schemas',
      ),
      skip_index_creation: literal,
      skip_schema_creation: literal,
      skip_table_creation: literal,
    }),
  ],
]);

/** Arguments without which a backend asks, or takes a place of its own. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  kubernetes: ['namespace', 'secret_suffix'],
  http: ['address'],
  pg: ['schema_name'],
};

/**
 * The backend blocks of a stack.
 *
 * @throws Unproven where they cannot be told
 */
export const backendsOf = (stack: PlanStack): readonly LabeledBody[] =>
  bodiesOf(stack.root.entries.get('terraform')).flatMap(({ entries }) => labeledBodies(entries.get('backend')));

/** Complaints about one backend block. */
export function backendComplaints({ label, body }: LabeledBody, scope: Scope): readonly Complaint[] {
  const { backend, directory } = stateOf(scope);
  const known = BACKENDS.get(label);
  if (label !== backend || known === undefined) {
    const message = `the enclave keeps its state with "${backend}", not with "${label}"`;
    return [{ check: 'state', message, fix: FIX, where: body.where, value: label }];
  }
  const needed = label === 'local' && directory !== undefined ? ['path'] : (NEEDED[label] ?? []);
  const missing = needed.filter((name) => !body.entries.has(name));
  return [
    ...missing.map((name): Complaint => {
      const message = `without "${name}" the plan does not say where the state is kept`;
      return { check: 'state', message, fix: FIX, where: body.where, unproven: true };
    }),
    ...readArguments(body, known, scope),
  ];
}

/**
 * The place of a stack's state, equal where two stacks would overwrite each other's.
 *
 * @throws Unproven where only Terraform knows it
 */
export function statePlace(stack: PlanStack): string {
  const folder = posix.dirname(stack.file);
  // Without a backend, Terraform writes beside the configuration (developer.hashicorp.com/terraform/language/backend/local).
  const [{ label, body } = { label: 'local', body: undefined }] = backendsOf(stack);
  const text = (key: string): string => textOf(body?.entries.get(key)) ?? '';
  if (label === 'local') {
    const path = text('path') || 'terraform.tfstate';
    return posix.isAbsolute(path) ? posix.normalize(path) : posix.join(folder, path);
  }
  return [label, text('namespace'), text('secret_suffix'), text('address'), text('schema_name')].join(' ');
}
