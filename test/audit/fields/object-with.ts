/** Objects with one field, by the path that tables of fields write. */

/** An object in which a path leads to a value; any key of a map is `k`. */
export function objectWith(path: string, value: unknown): unknown {
  const segments = path.split('.').flatMap((segment) => segment.split(/(?=\[\])/));
  return segments.reduceRight<unknown>(
    (inner, segment) => (segment === '[]' ? [inner] : { [segment === '*' || segment === '**' ? 'k' : segment]: inner }),
    value,
  );
}

/** Where the value stands, as findings write it. */
export const placeOf = (path: string): string => path.replaceAll('[]', '[0]').replaceAll(/\*+/g, 'k');
