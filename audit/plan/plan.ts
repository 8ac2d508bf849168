/** The plan model: what a CDKTF output says, stack by stack, before anything is known of Kubernetes. */
import type { Digest } from '../../core/digest';
import { once } from '../../core/remember';
import { type ObjectNode, type PlanNode, spelledOut, type Where } from './node';

/** Where a finding points: enough to open the file at the value, and to find the construct that made it. */
export interface Place extends Where {
  readonly stack: string;
  /** Path below the plan's folder, e.g. `stacks/serving/cdk.tf.json`. */
  readonly file: string;
  /** Terraform address, e.g. `kubernetes_namespace_v1.serving`. */
  readonly address?: string;
  /** Path of the construct in the CDKTF app, where the plan tells it. */
  readonly constructPath?: string;
}

/** One managed resource block. */
export interface PlanResource {
  readonly stack: string;
  readonly file: string;
  readonly type: string;
  readonly name: string;
  /** `type.name`, unique within the stack. */
  readonly address: string;
  readonly constructPath?: string;
  readonly body: ObjectNode;
}

/** A provider that a stack requires. */
export interface RequiredProvider {
  readonly localName: string;
  /** As written; absent where the block leaves it out. */
  readonly source?: string;
  readonly version?: string;
  readonly where: Where;
}

/** A part of a plan that the audit cannot look into (`opaque`), or that runs something by itself (`executes`). */
export interface Oddity {
  readonly kind: 'opaque' | 'executes';
  /** What it is, e.g. `module.network`. */
  readonly subject: string;
  readonly message: string;
  readonly fix: string;
  readonly place: Place;
}

export interface PlanStack {
  readonly name: string;
  /** Path of its configuration below the plan's folder. */
  readonly file: string;
  readonly digest: Digest;
  readonly root: ObjectNode;
  readonly resources: readonly PlanResource[];
  readonly requiredProviders: readonly RequiredProvider[];
  /** Address → addresses that Terraform applies before it, directly. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A file that Terraform keeps beside a configuration: with its text where it is short, or a link to something else. */
export type LeftFile = 'link' | { readonly digest: Digest; readonly text?: string };

export interface Plan {
  readonly stacks: readonly PlanStack[];
  /** Digests of every other file of the plan's folder, by path below it. */
  readonly assets: ReadonlyMap<string, Digest>;
  /** What Terraform left beside the configurations, by path below the plan's folder. */
  readonly left: ReadonlyMap<string, LeftFile>;
  readonly oddities: readonly Oddity[];
}

const stacksByFile = once(
  ({ stacks }: Plan): ReadonlyMap<string, PlanStack> => new Map(stacks.map((stack) => [stack.file, stack])),
);

/** The stack whose configuration a file is. */
export const stackOf = (plan: Plan, file: string): PlanStack | undefined => stacksByFile(plan).get(file);

/** Place of a value inside a resource. */
export const placeIn = (resource: PlanResource, where: Where): Place => ({
  stack: resource.stack,
  file: resource.file,
  address: resource.address,
  ...(resource.constructPath === undefined ? {} : { constructPath: resource.constructPath }),
  ...spelledOut(where),
});

const beforeEach = new WeakMap<PlanStack, Map<string, ReadonlySet<string>>>();

/** Every address that Terraform applies before the given one, within its stack. */
export function appliedBefore(stack: PlanStack, address: string): ReadonlySet<string> {
  const ofStack = beforeEach.get(stack) ?? new Map<string, ReadonlySet<string>>();
  beforeEach.set(stack, ofStack);
  const known = ofStack.get(address);
  if (known !== undefined) return known;
  const found = new Set<string>();
  ofStack.set(address, found);
  const queue = [address];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const dependency of stack.dependencies.get(next) ?? []) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      queue.push(dependency);
    }
  }
  return found;
}

/** Every expression below a node that Terraform reads: in a comment, a reference orders nothing. */
export function expressionsIn(node: PlanNode): string[] {
  if (node.kind === 'unresolved') return [...node.expressions];
  if (node.kind === 'list') return node.items.flatMap(expressionsIn);
  if (node.kind === 'object') {
    return [...node.entries].flatMap(([key, child]) => (key === '//' ? [] : expressionsIn(child)));
  }
  return [];
}
