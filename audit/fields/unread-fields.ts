/** The values of an object that no rule judges and no list calls harmless. */
import type { PlanNode } from '../plan/node';
import type { Disposition, FieldTable } from './disposition';

export interface UnreadField {
  readonly node: PlanNode;
  /** The field as a path, e.g. `spec.template.spec.containers[0].workingDir`. */
  readonly path: string;
  /** The values that would be harmless here, where some are. */
  readonly wanted?: string;
}

/** A field table as a tree of its segments. */
interface Branch {
  readonly children: Map<string, Branch>;
  disposition?: Disposition;
}

const ITEMS = '[]';
const ANY_KEY = '*';
const ALL_BELOW = '**';

const newBranch = (): Branch => ({ children: new Map<string, Branch>() });

/** `a.b[].c["d.e"]` → a, b, [], c, d.e. */
const segmentsOf = (path: string): string[] =>
  [...path.matchAll(/\["([^"]+)"\]|\[\]|[^.[\]]+/g)].map(([segment, quoted]) => quoted ?? segment);

function treeOf(table: FieldTable): Branch {
  const root = newBranch();
  for (const [path, disposition] of Object.entries(table)) {
    let branch = root;
    for (const segment of segmentsOf(path)) {
      const next = branch.children.get(segment) ?? newBranch();
      branch.children.set(segment, next);
      branch = next;
    }
    branch.disposition = disposition;
  }
  return root;
}

const trees = new WeakMap<FieldTable, Branch>();

function cachedTree(table: FieldTable): Branch {
  const known = trees.get(table) ?? treeOf(table);
  trees.set(table, known);
  return known;
}

const isFilled = (node: PlanNode): boolean =>
  (node.kind === 'object' && node.entries.size > 0) || (node.kind === 'list' && node.items.length > 0);

function unreadLeaf(node: PlanNode, branch: Branch, path: string): UnreadField[] {
  const { disposition } = branch;
  if (disposition === undefined) return [{ node, path }];
  const { form } = disposition;
  // The API takes one value here, and a rule reads one: what a list or an object would do, nobody knows.
  if (form === undefined) return isFilled(node) ? [{ node, path }] : [];
  return node.kind === 'scalar' && form.holds(node.value) ? [] : [{ node, path, wanted: form.name }];
}

function walk(node: PlanNode, branch: Branch, path: string): UnreadField[] {
  if (branch.children.has(ALL_BELOW)) return [];
  if (node.kind === 'object' && branch.children.size > 0 && !branch.children.has(ITEMS)) {
    return [...node.entries].flatMap(([key, child]) => {
      const next = branch.children.get(key) ?? branch.children.get(ANY_KEY);
      const place = path === '' ? key : `${path}.${key}`;
      return next === undefined ? [{ node: child, path: place }] : walk(child, next, place);
    });
  }
  const items = branch.children.get(ITEMS);
  if (node.kind === 'list' && items !== undefined)
    return node.items.flatMap((item, at) => walk(item, items, `${path}[${String(at)}]`));
  return unreadLeaf(node, branch, path);
}

/** Every value below an object that a table of its fields does not know, the topmost of each branch. */
export const unreadFields = (root: PlanNode, table: FieldTable): UnreadField[] => walk(root, cachedTree(table), '');

/** A value with what is done about it. */
export interface DisposedField {
  readonly node: PlanNode;
  readonly disposition: Disposition;
}

function disposed(node: PlanNode, branch: Branch): DisposedField[] {
  const whole = branch.children.get(ALL_BELOW)?.disposition;
  if (whole !== undefined) return withAllBelow(node).map((one) => ({ node: one, disposition: whole }));
  const items = branch.children.get(ITEMS);
  const below =
    node.kind === 'object'
      ? [...node.entries].flatMap(([key, child]) => {
          const next = branch.children.get(key) ?? branch.children.get(ANY_KEY);
          return next === undefined ? [] : disposed(child, next);
        })
      : node.kind === 'list' && items !== undefined
        ? node.items.flatMap((item) => disposed(item, items))
        : [];
  return branch.disposition === undefined ? below : [{ node, disposition: branch.disposition }, ...below];
}

function withAllBelow(node: PlanNode): PlanNode[] {
  const children = node.kind === 'object' ? [...node.entries.values()] : node.kind === 'list' ? node.items : [];
  return [node, ...children.flatMap(withAllBelow)];
}

/** Every value below an object that its table knows. */
export const dispositionsBelow = (root: PlanNode, table: FieldTable): DisposedField[] =>
  disposed(root, cachedTree(table));
