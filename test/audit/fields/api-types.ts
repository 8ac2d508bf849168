/** Fields of Kubernetes objects as the API has them, from the declarations of the package kubernetes-types. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.dirname(require.resolve('kubernetes-types/package.json'));

/** Name of a type → field → its type, as written. */
type Declarations = ReadonlyMap<string, ReadonlyMap<string, string>>;

const files = new Map<string, { readonly types: Declarations; readonly imported: ReadonlyMap<string, string> }>();

/** A file of declarations: `export interface X { name?: Type; }`, one field in a line. */
function read(file: string): { readonly types: Declarations; readonly imported: ReadonlyMap<string, string> } {
  const known = files.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(path.join(ROOT, `${file}.d.ts`), 'utf8');
  const imported = [...text.matchAll(/^import \{ ([^}]*) \} from "([^"]*)";$/gm)].flatMap(([, names = '', from = '']) =>
    names.split(', ').map((name): [string, string] => [name, path.posix.join(path.posix.dirname(file), from)]),
  );
  const types = [...text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)].map(
    ([, name = '', body = '']): [string, ReadonlyMap<string, string>] => [
      name,
      new Map(
        [...body.matchAll(/^ {4}"?([\w$-]+)"?\??: (\{|.*(?=;))/gm)].map(([, field = '', type = '']) => [field, type]),
      ),
    ],
  );
  const made = { types: new Map(types), imported: new Map(imported) };
  files.set(file, made);
  return made;
}

/** Paths of every leaf below a type, as tables write them: `a.b[].c`, `*` for any key of a map. */
function leaves(file: string, type: string, at: string, above: readonly string[]): string[] {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) return leaves(file, list, `${at}[]`, above);
  if (type.startsWith('{')) return [`${at}.*`];
  const { types, imported } = read(file);
  const fields = types.get(type);
  if (fields === undefined) {
    const from = imported.get(type);
    return from === undefined || !read(from).types.has(type) ? [at] : leaves(from, type, at, above);
  }
  // A schema may hold schemas.
  if (above.includes(type)) return [`${at}.**`];
  return [...fields].flatMap(([field, inner]) =>
    leaves(file, inner, at === '' ? field : `${at}.${field}`, [...above, type]),
  );
}

/**
 * Leaves of a kind, without what the API server writes (`status`, and of `metadata` all but what people do).
 *
 * @param file below the package, e.g. `apps/v1`
 */
export const apiLeaves = (file: string, kind: string): string[] =>
  leaves(file, kind, '', []).filter(
    (leaf) => !leaf.startsWith('status') && !/(?:^|\.)metadata\.(?!name$|namespace$|labels|annotations)/.test(leaf),
  );
