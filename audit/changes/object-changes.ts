/** Objects field by field: what is in no section of its own is still said. */
import { OWNER_ANNOTATION, REASON_ANNOTATION } from '../../catalog/platform/names';
import { differences, type FieldPath, formatPath, type Step } from '../../core/field-path';
import { groupOf, knownKind } from '../kubernetes/kinds';
import { isNetworkPolicy } from '../kubernetes/network-policy';
import { type KubernetesObject, subjectOf } from '../kubernetes/object';
import { TERRAFORM_ARGUMENTS } from '../kubernetes/plain';
import { TYPED_RESOURCES } from '../kubernetes/typed-resources';
import { valueOf } from '../waivers/accepted-value';
import { wordChanges } from './argument-changes';
import type { Change, ChangeKind } from './change';
import { saidBy } from './flow-changes';
import { isOfRights, rightsSaidBy } from './right-changes';
import { sides } from './values';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** With keys in one order, so that equal values are equal texts. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key])]),
  );
}

const without = (value: unknown, ...keys: readonly string[]): unknown =>
  isFields(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value;

/** Metadata without what flows say by themselves. */
function unsaid(value: Fields): Fields {
  const metadata = isFields(value['metadata']) ? value['metadata'] : {};
  const annotations = without(metadata['annotations'], OWNER_ANNOTATION, REASON_ANNOTATION);
  return { ...value, metadata: { ...metadata, annotations } };
}

/** An object of a plan, as it is compared here. */
export interface ComparedObject {
  readonly object: KubernetesObject;
  readonly value: Fields;
  /** Whether flows or rights say that it is there. */
  readonly isSaid: boolean;
}

function compared(object: KubernetesObject, all: readonly KubernetesObject[]): ComparedObject {
  const whole = valueOf(object.root);
  const typed = TYPED_RESOURCES.has(object.resource.type);
  const value = Object.fromEntries(
    Object.entries(isFields(whole) ? whole : { value: whole }).filter(
      ([key]) => !typed || !TERRAFORM_ARGUMENTS.test(key),
    ),
  );
  const said = isNetworkPolicy(object) ? saidBy(object) : isOfRights(object) ? rightsSaidBy(object, all) : undefined;
  if (said === undefined) return { object, value, isSaid: false };
  const rest = without(unsaid(value), 'spec', 'rules', 'aggregationRule', 'subjects', 'roleRef') as Fields;
  return { object, value: rest, isSaid: said.length > 0 };
}

/** Objects by what a cluster knows them by; a second one of the same identity counts, too. */
export function byIdentity(objects: readonly KubernetesObject[]): ReadonlyMap<string, ComparedObject> {
  const found = new Map<string, ComparedObject>();
  for (const object of objects) {
    const key = `${groupOf(object.apiVersion)} ${subjectOf(object)}`;
    let at = 1;
    while (found.has(at === 1 ? key : `${key} #${String(at)}`)) at += 1;
    found.set(at === 1 ? key : `${key} #${String(at)}`, compared(object, objects));
  }
  return found;
}

/** Kinds whose objects hold what no deployment brings back. */
const HOLDING: readonly string[] = ['PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'Secret'];

/** Whether something is lost with the object. */
export const holdsState = ({ object, value }: ComparedObject): boolean => {
  const spec = value['spec'];
  return HOLDING.includes(object.kind) || (isFields(spec) && spec['volumeClaimTemplates'] !== undefined);
};

const CONTAINERS: readonly string[] = ['containers', 'initContainers', 'ephemeralContainers'];
const NOUNS: Readonly<Record<string, string>> = {
  containers: 'container',
  initContainers: 'init container',
  ephemeralContainers: 'ephemeral container',
};

const nameOf = (step: Step | undefined): string =>
  typeof step === 'object' ? Object.values(step).map(String).join(' ') : (step ?? '');

/** Where a path enters a container: its label, and the fields below it. */
function containerOf(path: FieldPath): { readonly label: string; readonly rest: FieldPath } | undefined {
  const at = path.findIndex((step) => typeof step === 'string' && CONTAINERS.includes(step));
  if (at < 0 || typeof path[at + 1] !== 'object') return undefined;
  return { label: `${NOUNS[nameOf(path[at])] ?? ''} ${nameOf(path[at + 1])}`, rest: path.slice(at + 2) };
}

const ACCOUNT_FIELDS: readonly string[] = [
  'automountServiceAccountToken',
  'serviceAccountName',
  'serviceAccount',
  'projected',
];
/** Fields of a claim that may grow in place; with any other it is another claim (kubernetes.io, "Persistent Volumes"). */
const IN_PLACE: readonly string[] = ['resources', 'volumeAttributesClassName'];

function kindOf({ kind }: KubernetesObject, path: FieldPath): ChangeKind {
  const [first, second] = path;
  const last = path.at(-1);
  const container = containerOf(path);
  if (container?.rest.length === 1 && last === 'image') return 'image';
  if (container !== undefined)
    return ['env', 'envFrom', 'args', 'command'].includes(nameOf(container.rest[0])) ? 'program' : 'other';
  if (path.includes('image') && last === 'reference') return 'weights';
  if (path.some((step) => typeof step === 'string' && ACCOUNT_FIELDS.includes(step))) return 'rights';
  if (kind === 'ConfigMap' && (first === 'data' || first === 'binaryData')) return 'configuration';
  if ((HOLDING.includes(kind) && kind !== 'Namespace' && first !== 'metadata') || nameOf(second).includes('olumeClaim'))
    return 'state';
  return first === 'rules' || first === 'roleRef' || first === 'subjects' ? 'rights' : 'other';
}

const wordsOf = (value: unknown): readonly string[] | undefined =>
  value === undefined
    ? []
    : Array.isArray(value) && value.every((one) => typeof one !== 'object')
      ? value.map(String)
      : undefined;

function fieldChanges(object: KubernetesObject, path: FieldPath, before: unknown, after: unknown): Change[] {
  const container = containerOf(path);
  const subject = container === undefined ? subjectOf(object) : `${subjectOf(object)} ${container.label}`;
  const list = nameOf(container?.rest[0]);
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (container?.rest.length === 1 && (list === 'args' || list === 'command') && old !== undefined && now !== undefined)
    return wordChanges(subject, list, old, now);
  // A container that is new or gone has an image, and is told something.
  if (container?.rest.length === 0) {
    const [left, right] = [before, after].map((one) => (isFields(one) ? one : {}));
    const inner = ['image', 'command', 'args', 'env'].flatMap((key) =>
      left?.[key] === undefined && right?.[key] === undefined
        ? []
        : fieldChanges(object, [...path, key], left?.[key], right?.[key]),
    );
    return [...inner, { kind: 'other', subject, what: 'container', ...sides('', before, after) }];
  }
  const kind = kindOf(object, path);
  const what = formatPath(container?.rest ?? path);
  const replaces =
    object.kind === 'PersistentVolumeClaim' && path[0] === 'spec' && !IN_PLACE.includes(nameOf(path[1]))
      ? `${what} (another claim takes its place)`
      : what;
  const name =
    object.kind === 'Secret' && kind === 'state' ? 'secret' : nameOf(path.findLast((step) => step !== 'value'));
  return [{ kind, subject, what: replaces, ...sides(name, before, after) }];
}

/** What is said of an object that is new, or gone. */
function wholeChanges({ object, value, isSaid }: ComparedObject, isNew: boolean): Change[] {
  if (isSaid) return [];
  const subject = subjectOf(object);
  const held = holdsState({ object, value, isSaid });
  const side = (text: string): Pick<Change, 'before' | 'after'> => (isNew ? { after: text } : { before: text });
  const makesPods = knownKind(object.apiVersion, object.kind)?.podTemplates !== undefined;
  const inner = makesPods
    ? differences(isNew ? {} : value, isNew ? value : {})
        .flatMap(({ path, planned, live }) => expanded(path, planned, live))
        .filter(({ path }) => containerOf(path)?.rest.length === 0)
        .flatMap(({ path, planned, live }) => fieldChanges(object, path, planned, live))
        .filter(({ kind }) => kind !== 'other')
    : [];
  const what = held && !isNew ? 'the whole of it, with what it holds' : 'the whole of it';
  return [{ kind: held && !isNew ? 'state' : 'other', subject, what, ...side('there') }, ...inner];
}

interface Found {
  readonly path: FieldPath;
  readonly planned: unknown;
  readonly live: unknown;
}

/** Looks into what only one side has, down to its containers. */
function expanded(path: FieldPath, planned: unknown, live: unknown): Found[] {
  const [only, isLive] = planned === undefined ? [live, true] : [planned, false];
  if ((planned !== undefined && live !== undefined) || containerOf(path) !== undefined)
    return [{ path, planned, live }];
  const below = (step: Step, value: unknown): Found[] =>
    expanded([...path, step], isLive ? undefined : value, isLive ? value : undefined);
  if (isFields(only)) return Object.entries(only).flatMap(([key, value]) => below(key, value));
  if (Array.isArray(only) && only.every((one) => isFields(one) && typeof one['name'] === 'string'))
    return only.flatMap((one: Fields) => below({ name: one['name'] }, one));
  return [{ path, planned, live }];
}

/** Every field in which the objects of two plans differ, and every object that one of them lacks. */
export function objectChanges(
  before: ReadonlyMap<string, ComparedObject>,
  after: ReadonlyMap<string, ComparedObject>,
): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key): Change[] => {
    const [old, now] = [before.get(key), after.get(key)];
    if (now === undefined) return old === undefined ? [] : wholeChanges(old, false);
    if (old === undefined) return wholeChanges(now, true);
    return differences(ordered(old.value), ordered(now.value)).flatMap(({ path, planned, live }) =>
      fieldChanges(now.object, path, planned, live),
    );
  });
}
