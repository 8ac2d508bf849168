/** Fields of objects by path, as people write them and as the API server records who set them. */

/** One step: the name of a field, or an element of a list by the fields that identify it. */
export type Step = string | Readonly<Record<string, unknown>>;
export type FieldPath = readonly Step[];

const isKey = (step: Step): step is Readonly<Record<string, unknown>> => typeof step === 'object';

/** `spec.template.spec.containers[engine].image`. */
export const formatPath = (path: FieldPath): string =>
  path
    .map((step) =>
      isKey(step)
        ? `[${Object.values(step).map(String).join(' ')}]`
        : /^[\w-]+$/.test(step)
          ? `.${step}`
          : `["${step}"]`,
    )
    .join('')
    .replace(/^\./, '');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const matches = (item: unknown, key: Readonly<Record<string, unknown>>): boolean =>
  isObject(item) && Object.entries(key).every(([name, wanted]) => item[name] === wanted);

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** JSON pointer (RFC 6901) to a path inside a value; an element that is not there yet is the one after the last. */
export function pointerTo(value: unknown, path: FieldPath): string {
  let at = value;
  return path
    .map((step) => {
      if (!isKey(step)) {
        at = isObject(at) ? at[step] : undefined;
        return `/${escaped(step)}`;
      }
      const list: readonly unknown[] = Array.isArray(at) ? at : [];
      const index = list.findIndex((item) => matches(item, step));
      at = list[index];
      return index < 0 ? '/-' : `/${index}`;
    })
    .join('');
}

/** A difference between two values; undefined stands for "not there". */
export interface Difference {
  readonly path: FieldPath;
  readonly planned: unknown;
  readonly live: unknown;
}

/** Elements by name, where each has one of its own. */
function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const names = list.map((item) => (isObject(item) && typeof item['name'] === 'string' ? item['name'] : undefined));
  if (names.includes(undefined) || new Set(names).size !== names.length) return undefined;
  return new Map(names.map((name, at) => [name ?? '', list[at]]));
}

function differencesOfLists(planned: readonly unknown[], live: readonly unknown[], path: FieldPath): Difference[] {
  const [left, right] = [byName(planned), byName(live)];
  if (left === undefined || right === undefined) {
    return JSON.stringify(planned) === JSON.stringify(live) ? [] : [{ path, planned, live }];
  }
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) =>
    differences(left.get(name), right.get(name), [...path, { name }]),
  );
}

/** Every field in which two values differ, the smallest one each. */
export function differences(planned: unknown, live: unknown, path: FieldPath = []): Difference[] {
  if (Array.isArray(planned) && Array.isArray(live)) return differencesOfLists(planned, live, path);
  if (isObject(planned) && isObject(live)) {
    return [...new Set([...Object.keys(planned), ...Object.keys(live)])]
      .sort()
      .flatMap((key) => differences(planned[key], live[key], [...path, key]));
  }
  return planned === live ? [] : [{ path, planned, live }];
}
