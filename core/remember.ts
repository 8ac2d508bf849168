/** Answers that are worked out once for each object that is asked about, and forgotten with it. */

/** The same function; what it returns for an object is kept, what it throws is worked out, and thrown, again. */
export function once<K extends object, V>(work: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found.value;
    const value = work(of);
    known.set(of, { value });
    return value;
  };
}

/** The same of an object as it is seen from another one: what is asked about is known anew in each. */
export function onceWithin<W extends object, K extends object, V>(
  work: (of: K, within: W) => V,
): (of: K, within: W) => V {
  const inside = once((within: W) => once((of: K) => work(of, within)));
  return (of, within) => inside(within)(of);
}

const NONE: readonly never[] = [];

/**
 * Finds the items of a list by a key, in the order of the list, which is gone through once however often it is asked. The list
 * may not change meanwhile.
 */
export function groupedBy<T>(keyOf: (item: T) => string): (list: readonly T[], key: string) => readonly T[] {
  const groups = once((list: readonly T[]) => {
    const found = new Map<string, T[]>();
    for (const item of list) {
      const key = keyOf(item);
      const group = found.get(key);
      if (group === undefined) found.set(key, [item]);
      else group.push(item);
    }
    return found;
  });
  return (list, key) => groups(list).get(key) ?? NONE;
}
