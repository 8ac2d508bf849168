/** From a plan to the Kubernetes objects that it makes, and the gaps where it does not show them. */
import { once, onceWithin } from '../../core/remember';
import { at, flagOf, itemsOf, textOf, textsOf, Unproven } from '../plan/access';
import { bodiesOf } from '../plan/blocks';
import type { ObjectNode, PlanNode, ScalarNode } from '../plan/node';
import { type Place, placeIn, type Plan, type PlanResource } from '../plan/plan';
import { type ChartFiles, envelopeObjects } from './envelope';
import { CONCERNS, type Concern, knownKind } from './kinds';
import type { Gap, KubernetesObject } from './object';
import { kubernetesForm } from './typed-fields';
import { PATCH_RESOURCES, TYPED_RESOURCES } from './typed-resources';

export interface Cluster {
  readonly objects: readonly KubernetesObject[];
  readonly gaps: readonly Gap[];
}

/** Arguments of `kubernetes_manifest` that do not change the object. */
const MANIFEST_ARGUMENTS = new Set([
  '//',
  'manifest',
  'depends_on',
  'lifecycle',
  'provider',
  'wait',
  'wait_for',
  'timeouts',
  'field_manager',
]);

interface Collected {
  readonly objects: KubernetesObject[];
  readonly gaps: Gap[];
}

const gapAt = (place: Place, subject: string, concerns: readonly Concern[], message: string, fix: string): Gap => ({
  subject,
  concerns,
  message,
  fix,
  place,
});

const metadataText = (root: PlanNode, key: string): string | undefined => textOf(at(root, 'metadata', key));

/** Namespace of a Helm release, `default` where it names none (terraform-provider-helm, docs/resources/release.md). */
function releaseNamespace({ type, body }: PlanResource): string | undefined {
  if (type !== 'helm_release') return undefined;
  const node = body.entries.get('namespace');
  const name = textOf(node);
  if (node !== undefined && name === '') throw new Unproven('a release with an empty namespace', node.where);
  return name ?? 'default';
}

/** An object under its own names, or a gap where the audit does not know its kind. Of plans that have a resource in common, it is one. */
const readObject = onceWithin((root: PlanNode, resource: PlanResource): KubernetesObject | Gap => {
  const apiVersion = textOf(at(root, 'apiVersion')) ?? '';
  const kind = textOf(at(root, 'kind')) ?? '';
  const known = knownKind(apiVersion, kind);
  if (known === undefined) {
    const fix = 'use kinds that the audit knows, or waive the rules for this object with a reason';
    const message = `the audit does not know the kind ${apiVersion} ${kind}`;
    return gapAt(placeIn(resource, root.where), `${kind} ${resource.address}`, CONCERNS, message, fix);
  }
  const name = metadataText(root, 'name');
  if (name === undefined) throw new Unproven(`a ${kind} without metadata.name`, root.where);
  const released = releaseNamespace(resource);
  const namespace = known.namespaced ? (metadataText(root, 'namespace') ?? released ?? 'default') : '';
  const hook = released !== undefined && textsOf(at(root, 'metadata', 'annotations')).has('helm.sh/hook');
  return { apiVersion, kind, name, namespace, root, resource, hook };
});

/** Adds the objects of a value, or the gaps where the plan does not tell them. */
function addObjects(into: Collected, resource: PlanResource, root: PlanNode): void {
  const apiVersion = textOf(at(root, 'apiVersion'));
  const kind = textOf(at(root, 'kind'));
  if (apiVersion === undefined || kind === undefined)
    throw new Unproven('an object without apiVersion or kind', root.where);
  const items = at(root, 'items');
  if (kind.endsWith('List') && items !== undefined) {
    for (const item of itemsOf(items)) addObjects(into, resource, item);
    return;
  }
  const read = readObject(root, resource);
  if ('concerns' in read) into.gaps.push(read);
  else into.objects.push(read);
}

const typeNode = (resource: PlanResource, value: string): ScalarNode => ({
  kind: 'scalar',
  where: resource.body.where,
  value,
});

const typedObject = once((resource: PlanResource): ObjectNode | undefined => {
  const typed = TYPED_RESOURCES.get(resource.type);
  if (typed === undefined) return undefined;
  const { entries, ...rest } = kubernetesForm(resource.body);
  return {
    ...rest,
    entries: new Map<string, PlanNode>([
      ...entries,
      ['apiVersion', typeNode(resource, typed.apiVersion)],
      ['kind', typeNode(resource, typed.kind)],
    ]),
  };
});

function manifestObject({ body }: PlanResource): PlanNode {
  for (const [name, value] of body.entries) {
    if (!MANIFEST_ARGUMENTS.has(name))
      throw new Unproven(`the audit does not know the argument "${name}"`, value.where);
  }
  const manifest = body.entries.get('manifest');
  if (manifest === undefined) throw new Unproven('the resource has no manifest', body.where);
  return manifest;
}

/** Arguments that every resource may have, and that make its body say less than it seems. */
function refuseMetaArguments({ type, body }: PlanResource): void {
  for (const name of ['count', 'for_each']) {
    const value = body.entries.get(name);
    // One copy is the resource itself, as modules write it.
    if (name === 'count' && value?.kind === 'scalar' && String(value.value) === '1') continue;
    if (value !== undefined) throw new Unproven(`"${name}" makes any number of copies, or none`, value.where);
  }
  const provider = body.entries.get('provider');
  if (provider !== undefined && textOf(provider) !== type.split('_')[0]) {
    throw new Unproven('a provider under an alias or another name may lead to another cluster', provider.where);
  }
  for (const block of bodiesOf(body.entries.get('lifecycle'))) refuseLifecycle(block, type);
}

/**
 * Whether only annotations of a namespace are left to others: those are written by the cluster's own software after it was made,
 * and no rule reads them.
 */
const leavesAnnotations = (node: PlanNode, type: string): boolean =>
  /^kubernetes_namespace(?:_v1)?$/.test(type) &&
  node.kind === 'list' &&
  node.items.every((item) => item.kind === 'scalar' && item.value === 'metadata[0].annotations');

const isOfCondition = (name: string): boolean => name === 'condition' || name === 'error_message';

/**
 * What a `lifecycle` block may say: whether a resource is destroyed, and in which order. OpenTofu's `enabled` makes it or
 * not, and triggers let a value decide that is computed during the deployment.
 */
function refuseLifecycle(block: ObjectNode, type: string): void {
  for (const [name, node] of block.entries) {
    if (name === '//') continue;
    if (name === 'prevent_destroy' || name === 'create_before_destroy') {
      flagOf(node);
      continue;
    }
    if (node.kind === 'list' && node.items.length === 0) continue;
    if (name === 'ignore_changes' && leavesAnnotations(node, type)) continue;
    // A precondition stops the deployment, or does nothing.
    if (name === 'precondition' && bodiesOf(node).every(({ entries }) => [...entries.keys()].every(isOfCondition)))
      continue;
    throw new Unproven(
      name === 'ignore_changes'
        ? 'with ignore_changes, what the plan says may differ from what runs'
        : `the audit does not know "${name}" of a lifecycle: it may decide whether the resource is made`,
      node.where,
    );
  }
}

function addHelmRelease(into: Collected, resource: PlanResource, files: ChartFiles): void {
  // Where it is not known, no object of the release is.
  releaseNamespace(resource);
  for (const root of envelopeObjects(resource, files)) addObjects(into, resource, root);
}

function addResource(into: Collected, resource: PlanResource, files: ChartFiles): void {
  if (PATCH_RESOURCES.has(resource.type)) {
    const fix = 'write the change into the resource that makes the object';
    const place = placeIn(resource, resource.body.where);
    into.gaps.push(
      gapAt(place, resource.address, CONCERNS, `${resource.type} changes objects that something else makes`, fix),
    );
    return;
  }
  if (resource.type === 'helm_release') addHelmRelease(into, resource, files);
  else if (resource.type === 'kubernetes_manifest') addObjects(into, resource, manifestObject(resource));
  else {
    const typed = typedObject(resource);
    if (typed === undefined)
      throw new Unproven(`the audit does not know the resource type ${resource.type}`, resource.body.where);
    addObjects(into, resource, typed);
  }
}

/** Concerns of a resource that cannot be read: those of its kind where the type tells it, else all. */
function concernsOf({ type }: PlanResource): readonly Concern[] {
  const typed = TYPED_RESOURCES.get(type);
  return (typed === undefined ? undefined : knownKind(typed.apiVersion, typed.kind)?.concerns) ?? CONCERNS;
}

/** Namespace of a typed resource, or the one that it is, as far as it is written out. */
function namespaceOf({ type, body }: PlanResource): string | undefined {
  const kind = TYPED_RESOURCES.get(type)?.kind;
  if (kind === undefined) return undefined;
  const [metadata, ...more] = blocksIn(body.entries.get('metadata'));
  const value = metadata?.entries.get(kind === 'Namespace' ? 'name' : 'namespace');
  return more.length === 0 && value?.kind === 'scalar' ? String(value.value) : undefined;
}

const blocksIn = (node: PlanNode | undefined): readonly ObjectNode[] =>
  node?.kind === 'object' ? [node] : node?.kind === 'list' ? node.items.flatMap(blocksIn) : [];

/** True where the plan itself says that there is no copy: what is not made can be nothing that was not found. */
function makesNothing({ body }: PlanResource): boolean {
  const [count, each] = ['count', 'for_each'].map((name) => body.entries.get(name));
  return (
    (count?.kind === 'scalar' && Number(count.value) === 0) ||
    (each?.kind === 'list' && each.items.length === 0) ||
    (each?.kind === 'object' && each.entries.size === 0)
  );
}

/** Types that make whatever objects they are told. */
const HOLDS_OBJECTS: readonly string[] = ['helm_release', 'kubernetes_manifest'];
/** Modules, and files of Terraform that are not read. */
const HOLDS_RESOURCES = /^module\.|\.(?:tf|tofu)(?:\.json)?$/;

/** Runs what reads a resource; what it cannot read is a gap. */
function reading(into: Collected, resource: PlanResource, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    const fix = 'write the objects out in the plan: typed resources, or the envelope chart with literal values';
    const concerns = makesNothing(resource) ? [] : concernsOf(resource);
    const namespace = namespaceOf(resource);
    into.gaps.push({
      ...gapAt(placeIn(resource, error.where), resource.address, concerns, error.message, fix),
      unread: placeIn(resource, resource.body.where),
      ...(namespace === undefined ? {} : { namespace }),
      ...(HOLDS_OBJECTS.includes(resource.type) ? { holdsAny: true } : {}),
    });
  }
}

/** Two objects of one identity: which of them runs is decided by the order of the deployment. */
function duplicates(objects: readonly KubernetesObject[]): Gap[] {
  const seen = new Set<string>();
  return objects.flatMap((object) => {
    const { apiVersion, kind, namespace, name, resource, root } = object;
    const key = [apiVersion, kind, namespace, name].join(' ');
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const concerns = knownKind(apiVersion, kind)?.concerns ?? CONCERNS;
    const subject = `${kind} ${namespace}/${name}`;
    return [
      gapAt(placeIn(resource, root.where), subject, concerns, 'the plan makes this object twice', 'remove one of them'),
    ];
  });
}

/** Turns every resource of a plan into the Kubernetes objects that it makes. */
export function normalize(plan: Plan): Cluster {
  const into: Collected = { objects: [], gaps: [] };
  for (const { kind, subject, message, fix, place } of plan.oddities) {
    if (kind === 'opaque')
      into.gaps.push({ ...gapAt(place, subject, CONCERNS, message, fix), holdsAny: HOLDS_RESOURCES.test(subject) });
  }
  for (const resource of plan.stacks.flatMap((stack) => stack.resources)) {
    // Whether it is made, and how often, is one question; what it says is another, and is judged as it stands.
    reading(into, resource, () => refuseMetaArguments(resource));
    if (!makesNothing(resource)) reading(into, resource, () => addResource(into, resource, plan));
  }
  into.gaps.push(...duplicates(into.objects));
  return into;
}
