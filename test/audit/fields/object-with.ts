/** Objects with one field, by the path that tables of fields write. */

/** `a.b[].c["d.e"]` → a, b, [], c, d.e. */
const segmentsOf = (path: string): string[] =>
  [...path.matchAll(/\["([^"]+)"\]|\[\]|[^.[\]]+/g)].map(([segment, quoted]) => quoted ?? segment);

/** An object in which a path leads to a value; any key of a map is `k`. */
export function objectWith(path: string, value: unknown): unknown {
  return segmentsOf(path).reduceRight<unknown>(
    (inner, segment) => (segment === '[]' ? [inner] : { [segment === '*' || segment === '**' ? 'k' : segment]: inner }),
    value,
  );
}

/** Where the value stands, as findings write it. */
export const placeOf = (path: string): string =>
  path
    .replaceAll('[]', '[0]')
    .replaceAll(/\["([^"]+)"\]/g, '.$1')
    .replaceAll(/\*+/g, 'k');

/** Every object on the way to the value, as tables write it. */
export function levelsOf(path: string): string[] {
  const parts = [...path.matchAll(/\["[^"]+"\]|\[\]|[^.[\]]+/g)].map(([segment]) => segment);
  return parts.flatMap((part, at) =>
    // A list belongs to the field before it.
    part === '[]' || parts[at] === undefined
      ? []
      : [
          parts
            .slice(0, at)
            .reduce((whole, one) => (whole === '' || one.startsWith('[') ? `${whole}${one}` : `${whole}.${one}`), ''),
        ],
  );
}
