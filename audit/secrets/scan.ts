/** Walks values of a plan for secrets. What it returns holds places and kinds, never the values. */
import { parseDocument } from 'yaml';
import { documentIn } from '../plan/document';
import { jsonNode, type ObjectNode, type PlanNode, type Where } from '../plan/node';
import { literalsIn } from '../../core/terraform-template';
import { Unproven } from '../plan/access';
import { couldBeSecret, namesSecret, secretIn } from './patterns';

export interface SecretFound {
  readonly check: 'named' | 'form' | 'argument';
  readonly message: string;
  readonly where: Where;
}

function textsOf(node: PlanNode): string[] {
  if (node.kind === 'scalar') return [String(node.value)];
  return node.kind === 'unresolved' ? [node.source, ...node.expressions.flatMap(literalsIn)] : [];
}

/** True for a literal that could be a secret under this name; a bare reference is none, its value is not in the plan. */
function literalSecret(name: string, node: PlanNode | undefined): node is PlanNode {
  if (node === undefined) return false;
  if (node.kind === 'scalar') return couldBeSecret(name, node.value);
  return node.kind === 'unresolved' && node.expressions.flatMap(literalsIn).some((text) => couldBeSecret(name, text));
}

/** Objects of the form {name, value}: environment variables, Helm settings, HTTP headers. */
function namedPair(node: ObjectNode): SecretFound[] {
  const name = node.entries.get('name');
  const value = node.entries.get('value');
  if (name?.kind !== 'scalar' || !namesSecret(String(name.value)) || !literalSecret(String(name.value), value))
    return [];
  return [{ check: 'named', message: `"${String(name.value)}" has a literal value`, where: value.where }];
}

/** Words of a command line: `--api-key X`, `--token=X`. */
function argumentsOf(items: readonly PlanNode[]): SecretFound[] {
  return items.flatMap((item, at): SecretFound[] => {
    if (item.kind !== 'scalar') return [];
    const [, option, inline] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(String(item.value)) ?? [];
    if (option === undefined || !namesSecret(option)) return [];
    const next = items[at + 1];
    const value = inline ?? (next?.kind === 'scalar' ? String(next.value) : '');
    if (!couldBeSecret(option, value) || (inline === undefined && value.startsWith('-'))) return [];
    const where = inline === undefined && next !== undefined ? next.where : item.where;
    return [{ check: 'argument', message: `the argument "${option}" has a literal value`, where }];
  });
}

/** JSON, or YAML; undefined for anything else, such as an alias of what is not there. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    try {
      return document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      // No reader of YAML takes it. What has too many aliases is another matter: the rule fails, and proves nothing.
      if (error instanceof ReferenceError && error.message.startsWith('Unresolved alias')) return undefined;
      throw error;
    }
  }
}

/** A document inside a string, such as Helm values: JSON is YAML. Undefined when it holds no object. */
function documentOf(node: PlanNode): PlanNode | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !/[:{]/.test(node.value)) return undefined;
  const value = parsed(node.value);
  if (typeof value !== 'object' || value === null) return undefined;
  return jsonNode(value, { pointer: node.where.pointer, inner: '' });
}

/** Values of a release, which are JSON wherever they are read as such. */
function valuesIn(node: PlanNode): PlanNode | undefined {
  try {
    const found = node.kind === 'scalar' ? documentIn(node) : undefined;
    return found?.kind === 'object' || found?.kind === 'list' ? found : undefined;
  } catch {
    return documentOf(node);
  }
}

/** Texts for people: prose about secrets is none. */
const PROSE = /\.(?:md|markdown|rst|adoc|txt|html?)$/i;

/**
 * What `read` returns of a document.
 *
 * @throws Unproven where it is nested deeper than any reader goes
 */
function unlessTooDeep<T>({ where }: PlanNode, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new Unproven('a document that is nested too deeply to be read', where);
    throw error;
  }
}

/**
 * Secrets in a document that lies in a string, such as a file of a ConfigMap; each stands at the string itself.
 *
 * @param name of the file
 * @throws Unproven where it is nested too deeply
 */
export function secretsInFile(name: string, node: PlanNode): SecretFound[] {
  if (PROSE.test(name)) return [];
  return unlessTooDeep(node, () => {
    const document = documentOf(node);
    return document === undefined ? [] : findSecrets(document, '').map((found) => ({ ...found, where: node.where }));
  });
}

/**
 * Secrets below a node.
 *
 * @param name under which the node stands
 * @param isDocument tells which strings are documents to look into
 */
export function findSecrets(
  node: PlanNode,
  name: string,
  isDocument: (name: string) => boolean = () => false,
): SecretFound[] {
  if (node.kind === 'object') {
    const own = namedPair(node);
    const rest = [...node.entries].flatMap(([key, child]) => findSecrets(child, key, isDocument));
    return [...own, ...rest];
  }
  if (node.kind === 'list') {
    return [...argumentsOf(node.items), ...node.items.flatMap((item) => findSecrets(item, name, isDocument))];
  }
  const inside = isDocument(name) ? unlessTooDeep(node, () => valuesIn(node)) : undefined;
  if (inside !== undefined) return findSecrets(inside, '', isDocument);
  const kind = textsOf(node)
    .map(secretIn)
    .find((found) => found !== undefined);
  if (kind !== undefined) return [{ check: 'form', message: `looks like: ${kind}`, where: node.where }];
  if (!namesSecret(name) || !literalSecret(name, node)) return [];
  return [{ check: 'named', message: `"${name}" has a literal value`, where: node.where }];
}
