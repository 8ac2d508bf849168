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

/** A leaf of a type: its path, and the type whose field it is, e.g. `core/v1 PodSpec`. */
interface ApiLeaf {
  readonly at: string;
  readonly of: string;
}

/** Every leaf below a type, as tables write them: `a.b[].c`, `*` for any key of a map. */
function leaves(file: string, type: string, at: string, above: readonly string[], of = ''): ApiLeaf[] {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) return leaves(file, list, `${at}[]`, above, of);
  if (type.startsWith('{')) return [{ at: `${at}.*`, of }];
  const { types, imported } = read(file);
  const fields = types.get(type);
  if (fields === undefined) {
    const from = imported.get(type);
    return from === undefined || !read(from).types.has(type) ? [{ at, of }] : leaves(from, type, at, above);
  }
  // A schema may hold schemas.
  if (above.includes(type)) return [{ at: `${at}.**`, of }];
  return [...fields].flatMap(([field, inner]) =>
    leaves(file, inner, at === '' ? field : `${at}.${field}`, [...above, type], `${file} ${type}`),
  );
}

const written = (file: string, kind: string): ApiLeaf[] =>
  leaves(file, kind, '', []).filter(
    ({ at }) => !at.startsWith('status') && !/(?:^|\.)metadata\.(?!name$|namespace$|labels|annotations)/.test(at),
  );

/**
 * Leaves of a kind, without what the API server writes (`status`, and of `metadata` all but what people do).
 *
 * @param file below the package, e.g. `apps/v1`
 */
export const apiLeaves = (file: string, kind: string): string[] => written(file, kind).map(({ at }) => at);

/**
 * Leaves of a kind for which the API server puts a value where none is written, with that value.
 *
 * @param defaults of each field of each type
 */
export const apiDefaults = <T>(
  file: string,
  kind: string,
  defaults: Readonly<Record<string, Readonly<Record<string, T>>>>,
): (readonly [path: string, value: T])[] =>
  written(file, kind).flatMap(({ at, of }) => {
    const field = /[^.[\]]+$/.exec(at)?.[0] ?? '';
    const value = defaults[of]?.[field];
    return value === undefined ? [] : [[at, value] as const];
  });
