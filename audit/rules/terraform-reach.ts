/** AIR-PLAN-3. */
import { once } from '../../core/remember';
import { Unproven } from '../plan/access';
import { labeledBodies, bodiesOf } from '../plan/blocks';
import { below, type ObjectNode, type PlanNode, spelledOut, type Where } from '../plan/node';
import type { Place, Plan, PlanStack } from '../plan/plan';
import { savedBackendComplaints, workspaceComplaints } from '../files/working-data';
import { anyValue, argumentsTable, literal, readArguments, refused, type Scope } from '../terraform/arguments';
import { backendComplaints, backendsOf, stateOf, statePlace } from '../terraform/backends';
import { clusterOf } from '../terraform/kubeconfig';
import { PROVIDER_ARGUMENTS } from '../terraform/providers';
import { type AuditContext, type Complaint, guard, judge, type Rule, type Statement } from './rule';
import { usedProviders } from './provider-sources';

/** A requirement: what AIR-LOCK-2 holds against the lock. */
const REQUIREMENT = argumentsTable({ source: anyValue, version: anyValue });

/** The block `terraform` (developer.hashicorp.com/terraform/language/terraform). */
const TERRAFORM = argumentsTable({
  backend: anyValue, // Judged by itself.
  cloud: refused(
    'state',
    'plans, state and the runs themselves would be handed to HCP Terraform',
    'keep the state where `state` of enclave.yaml says',
  ),
  required_providers: (node, scope) =>
    bodiesOf(node).flatMap(({ entries }) =>
      [...entries.values()].flatMap((entry) =>
        entry.kind === 'object' ? readArguments(entry, REQUIREMENT, scope) : [],
      ),
    ),
  required_version: literal,
});

const rootOf = (stack: PlanStack, block: string): PlanNode | undefined => stack.root.entries.get(block);

/** The body that leads a provider to its cluster: Helm's is a block of its own inside. */
const connectionOf = (label: string, body: ObjectNode): ObjectNode | undefined =>
  label === 'helm' ? bodiesOf(body.entries.get('kubernetes'))[0] : body;

interface Connection {
  readonly stack: PlanStack;
  readonly provider: string;
  readonly place: Place;
  readonly cluster: string;
}

/** Where every provider of a stack leads; one without a block is led by the environment. */
function connectionsOf(stack: PlanStack): Connection[] {
  const place = (where: Where): Place => ({ stack: stack.name, file: stack.file, ...spelledOut(where) });
  const blocks = labeledBodies(rootOf(stack, 'provider')).filter(({ label }) => PROVIDER_ARGUMENTS.has(label));
  const configured = blocks.map(({ label, body }): Connection => ({
    stack,
    provider: label,
    place: place(body.where),
    cluster: clusterOf(connectionOf(label, body), stack),
  }));
  const bare = [...usedProviders(stack)].filter(
    ([name]) => PROVIDER_ARGUMENTS.has(name) && blocks.every(({ label }) => label !== name),
  );
  return [
    ...configured,
    ...bare.map(([provider, { body }]): Connection => ({
      ...{ stack, provider, place: place(body.where) },
      cluster: clusterOf(undefined, stack),
    })),
  ];
}

/** Every provider of the plan must lead to the cluster that the first one leads to. */
function oneCluster({ plan }: AuditContext): Statement[] {
  const subject = 'providers';
  const everywhere = { stack: '', file: plan.stacks[0]?.file ?? '', pointer: '/provider' };
  return guard(subject, everywhere, () => {
    const [first, ...others] = plan.stacks.flatMap(connectionsOf);
    if (first === undefined) return [];
    const astray = others.filter(({ cluster }) => cluster !== first.cluster);
    if (astray.length === 0) {
      return [{ verdict: 'PROVEN', subject, message: 'all of them lead to one cluster', place: first.place }];
    }
    return astray.map(({ stack, provider, place }) => ({
      verdict: 'UNPROVEN',
      subject: `stack ${stack.name} provider ${provider}`,
      check: 'cluster',
      message: `it is led to its cluster in another way than ${first.provider} of stack ${first.stack.name}, perhaps to another`,
      fix: 'take config_path and config_context from the same variables everywhere',
      place,
    }));
  });
}

function providerStatements(scope: Scope): Statement[] {
  const { stack } = scope;
  const providers = rootOf(stack, 'provider');
  const place: Place = { stack: stack.name, file: stack.file, pointer: '/provider' };
  return guard(`stack ${stack.name} providers`, place, () =>
    labeledBodies(providers).flatMap(({ label, body }) => {
      const known = PROVIDER_ARGUMENTS.get(label);
      const subject = `stack ${stack.name} provider ${label}`;
      return judge({ subject, place, proven: 'leads to the cluster of the deployer, and to nothing else' }, () => {
        if (known !== undefined) return readArguments(body, known, scope);
        const message = `the audit does not know the provider "${label}"`;
        const fix = 'use the providers of the lock under their own names';
        return [{ check: 'provider', message, fix, where: body.where, unproven: true }];
      });
    }),
  );
}

/** The first stack that keeps its state at a place, for each place that can be told. */
const firstAt = once((plan: Plan): ReadonlyMap<string, PlanStack> => {
  const first = new Map<string, PlanStack>();
  for (const stack of plan.stacks) {
    try {
      const place = statePlace(stack);
      if (!first.has(place)) first.set(place, stack);
    } catch (error) {
      // Its own statement says so.
      if (!(error instanceof Unproven)) throw error;
    }
  }
  return first;
});

/** Complaint where another stack, named before this one, keeps its state at the same place. */
function sharedState({ stack, context }: Scope): Complaint[] {
  const other = firstAt(context.plan).get(statePlace(stack));
  return other === undefined || other === stack
    ? []
    : [
        {
          check: 'state',
          message: `it keeps its state where stack ${other.name} keeps its own: each would destroy what the other made`,
          fix: 'give each stack a state of its own',
          where: below({ pointer: '' }, 'terraform'),
        },
      ];
}

function terraformStatements(scope: Scope): Statement[] {
  const { stack } = scope;
  const place: Place = { stack: stack.name, file: stack.file, pointer: '/terraform' };
  const subject = `stack ${stack.name} state`;
  return judge({ subject, place, proven: 'kept where the enclave says' }, () => {
    const backends = backendsOf(stack);
    const { backend, directory } = stateOf(scope);
    const bodies = bodiesOf(rootOf(stack, 'terraform'));
    const blocks = bodies.flatMap((body) => readArguments(body, TERRAFORM, scope));
    const absent: Complaint = {
      check: 'state',
      message: `the enclave keeps its state with "${backend}", the plan in a file beside the configuration`,
      fix: 'keep the state where `state` of enclave.yaml says',
      where: place,
    };
    return [
      ...blocks,
      ...(backends.length === 0 && (backend !== 'local' || directory !== undefined) && blocks.length === 0
        ? [absent]
        : []),
      ...backends.flatMap((block) => backendComplaints(block, scope)),
      ...sharedState(scope),
    ];
  });
}

/** What `terraform init` remembers of an earlier run, which a later one takes up again. */
function rememberedStatements(scope: Scope): Statement[] {
  const { stack } = scope;
  return [savedBackendComplaints, workspaceComplaints].flatMap((read) =>
    read(stack, scope.context.plan.left).flatMap(({ file, complaints }) => {
      const place: Place = { stack: stack.name, file, pointer: '' };
      return judge({ subject: file, place, proven: 'remembers what the plan says' }, () => complaints());
    }),
  );
}

export const terraformReach: Rule = {
  id: 'AIR-PLAN-3',
  title: 'Terraform reaches the one cluster and its state, and nothing else',
  explanation:
    'A provider that is led astray applies a proven plan to another cluster, or past a listener; state holds every value of ' +
    'the plan. Reads each argument of each provider block, the backend of each stack against the state of the enclave, and ' +
    'what an earlier `terraform init` left: all providers of the plan must be led to one cluster, by a kubeconfig file that ' +
    'the plan does not bring along, without proxy, alias or unverified certificate, and may hide no changes of labels or ' +
    'annotations. An argument that is not known is UNPROVEN.',
  waivable: true,
  needs: [],
  evaluate: (context) => [
    ...context.plan.stacks.flatMap((stack) => {
      const scope: Scope = { stack, context };
      return [...providerStatements(scope), ...terraformStatements(scope), ...rememberedStatements(scope)];
    }),
    ...oneCluster(context),
  ],
};
